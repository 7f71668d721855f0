#include "tools/characterise/gates/simulation_core.h"

#include <algorithm>
#include <bit>

namespace lnsim::gates {

SimulationCore::SimulationCore(const MappedDesign& design) : design_(&design), values_(design.nets(), 0) {
  values_[kConstantOne] = 1;
  std::size_t arcs = 0;
  for (std::uint32_t i = 0; i < design.instances().size(); ++i) {
    const Instance& instance = design.instances()[i];
    cells_.push_back({instance.kind, 0, 0, output_nets_.size(), arcs});
    output_nets_.insert(output_nets_.end(), instance.outputs.begin(), instance.outputs.end());
    arcs += 2 * instance.kind->arcs.size();
    if (instance.kind->flip_flop) flip_flops_.push_back(i);
  }
  first_sink_.push_back(0);
  for (NetId net = 0; net < design.nets(); ++net) {
    if (net != design.clock() || net == kConstantZero)
      sinks_.insert(sinks_.end(), design.sinks()[net].begin(), design.sinks()[net].end());
    first_sink_.push_back(sinks_.size());
  }
  for (const Sink& sink : design.sinks()[kConstantOne])
    cells_[sink.instance].state |= std::uint32_t{1} << sink.input;
  activity_.rises.assign(design.nets(), 0);
  activity_.falls.assign(design.nets(), 0);
  activity_.arcs.assign(arcs, 0);
  activity_.leakage_nw_cycles.assign(cells_.size(), 0);
}

void SimulationCore::count_output(std::uint32_t instance, std::size_t output, bool rises,
                                  std::uint32_t causes, std::uint32_t state) {
  const CellState& cell = cells_[instance];
  const double weight = 1.0 / std::popcount(causes);
  for (std::uint32_t rest = causes; rest != 0; rest &= rest - 1) {
    const auto cause = static_cast<std::size_t>(std::countr_zero(rest));
    count(cell, cell.kind->output_arc(output, cause, rises, state), rises, weight);
  }
}

void SimulationCore::hold(std::uint32_t instance) {
  CellState& cell = cells_[instance];
  const std::uint32_t variable = cell.kind->variable();
  cell.state = (cell.state & ~variable) | (cell.kind->held[cell.state] != 0 ? variable : 0);
}

void SimulationCore::count_clock_edge(bool rises) {
  if (design_->clock() == kConstantZero) return;
  values_[design_->clock()] = rises ? 1 : 0;
  ++(rises ? activity_.rises : activity_.falls)[design_->clock()];
  for (const std::uint32_t index : flip_flops_) {
    CellState& cell = cells_[index];
    cell.state ^= std::uint32_t{1} << cell.kind->clock;
    count(cell, cell.kind->input_arc(cell.kind->clock, rises, cell.state), rises, 1);
  }
}

const std::vector<std::uint32_t>& SimulationCore::raise_clock() {
  moved_.clear();
  count_clock_edge(true);
  for (const std::uint32_t index : flip_flops_) {
    CellState& cell = cells_[index];
    const std::uint32_t variable = cell.kind->variable();
    const bool next = cell.kind->next[cell.state] != 0;
    if (next == ((cell.state & variable) != 0)) continue;
    cell.state ^= variable;
    moved_.push_back(index);
  }
  return moved_;
}

void SimulationCore::lower_clock() {
  count_clock_edge(false);
}

void SimulationCore::end_cycle() {
  ++activity_.cycles;
  for (std::size_t i = 0; i < cells_.size(); ++i)
    activity_.leakage_nw_cycles[i] += cells_[i].kind->leakage_nw[cells_[i].state];
}

void SimulationCore::clear_activity() {
  activity_.cycles = 0;
  std::fill(activity_.rises.begin(), activity_.rises.end(), 0);
  std::fill(activity_.falls.begin(), activity_.falls.end(), 0);
  std::fill(activity_.arcs.begin(), activity_.arcs.end(), 0);
  std::fill(activity_.leakage_nw_cycles.begin(), activity_.leakage_nw_cycles.end(), 0);
}

}  // namespace lnsim::gates
