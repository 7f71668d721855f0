// Which transitions can pass through the cells of a design, given those of its nets that never change:
// because they are tied, or because everything that a cell's output depends on is.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "tools/characterise/gates/mapped_design.h"

namespace lnsim::gates {

class TransitionPaths {
 public:
  explicit TransitionPaths(const MappedDesign& design);

  // Whether an input that goes up (or down) can alone make an output go up (or down). Of a flip-flop always
  // true: what its outputs follow is not a function of its inputs.
  bool passes(std::uint32_t instance, std::size_t input, bool input_rises, std::size_t output,
              bool output_rises) const {
    if (paths_[instance] == nullptr) return true;
    const std::size_t outputs = design_->instances()[instance].outputs.size();
    const unsigned direction = (input_rises ? 1U : 0U) + (output_rises ? 2U : 0U);
    return ((*paths_[instance])[input * outputs + output] >> direction & 1U) != 0;
  }

 private:
  using Directions = std::vector<std::uint8_t>;  // by input and output; bit as in passes()

  static Directions find(const CellKind& kind, std::uint32_t tied, std::uint32_t values);

  const MappedDesign* design_;
  std::map<std::tuple<const CellKind*, std::uint32_t, std::uint32_t>, Directions>
      known_;                             // by tied inputs and values
  std::vector<const Directions*> paths_;  // by instance
};

}  // namespace lnsim::gates
