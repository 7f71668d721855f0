#include "tools/characterise/gates/transition_paths.h"

namespace lnsim::gates {

TransitionPaths::TransitionPaths(const MappedDesign& design)
    : design_(&design), paths_(design.instances().size()) {
  std::vector<bool> constant(design.nets(), false), value(design.nets(), false);
  constant[kConstantZero] = constant[kConstantOne] = true;
  value[kConstantOne] = true;
  for (const std::uint32_t index : design.order()) {
    const Instance& instance = design.instances()[index];
    const CellKind& kind = *instance.kind;
    if (kind.flip_flop) continue;
    std::uint32_t tied = 0, values = 0;
    for (std::size_t i = 0; i < instance.inputs.size(); ++i) {
      if (constant[instance.inputs[i]]) tied |= std::uint32_t{1} << i;
      if (constant[instance.inputs[i]] && value[instance.inputs[i]]) values |= std::uint32_t{1} << i;
    }
    const auto [at, added] = known_.try_emplace({&kind, tied, values});
    if (added) at->second = find(kind, tied, values);
    paths_[index] = &at->second;
    for (std::size_t o = 0; o < instance.outputs.size(); ++o) {
      bool moves = false;
      for (std::size_t i = 0; i < instance.inputs.size(); ++i)
        moves = moves || at->second[i * instance.outputs.size() + o] != 0;
      constant[instance.outputs[o]] = !moves;
      value[instance.outputs[o]] = (kind.output_values[values] >> o & 1U) != 0;
    }
  }
}

TransitionPaths::Directions TransitionPaths::find(const CellKind& kind, std::uint32_t tied,
                                                  std::uint32_t values) {
  Directions result(kind.inputs.size() * kind.outputs.size(), 0);
  for (std::uint32_t state = 0; state < kind.states(); ++state) {
    if ((state & tied) != values) continue;
    for (std::size_t i = 0; i < kind.inputs.size(); ++i) {
      const std::uint32_t bit = std::uint32_t{1} << i;
      if ((tied & bit) != 0) continue;
      const bool input_rises = (state & bit) == 0;
      const unsigned before = kind.output_values[state], after = kind.output_values[state ^ bit];
      for (std::size_t o = 0; o < kind.outputs.size(); ++o) {
        if (((before ^ after) >> o & 1U) == 0) continue;
        const bool output_rises = (after >> o & 1U) != 0;
        const unsigned direction = (input_rises ? 1U : 0U) + (output_rises ? 2U : 0U);
        result[i * kind.outputs.size() + o] |= static_cast<std::uint8_t>(1U << direction);
      }
    }
  }
  return result;
}

}  // namespace lnsim::gates
