// States of cells, values of nets and the counts of what switches, without a notion of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/characterise/gates/activity.h"
#include "tools/characterise/gates/mapped_design.h"

namespace lnsim::gates {

class SimulationCore {
 public:
  explicit SimulationCore(const MappedDesign& design);

  const MappedDesign& design() const { return *design_; }
  const CellKind& kind(std::uint32_t instance) const { return *cells_[instance].kind; }
  bool value(NetId net) const { return values_[net] != 0; }
  std::uint32_t state(std::uint32_t instance) const { return cells_[instance].state; }
  NetId output_net(std::uint32_t instance, std::size_t output) const {
    return output_nets_[cells_[instance].first_output + output];
  }
  std::size_t first_output(std::uint32_t instance) const { return cells_[instance].first_output; }
  std::size_t outputs() const { return output_nets_.size(); }

  // The inputs that have changed since this was last asked, as a mask.
  std::uint32_t take_changed(std::uint32_t instance) {
    const std::uint32_t changed = cells_[instance].changed;
    cells_[instance].changed = 0;
    return changed;
  }

  // Turns a net over and tells each cell behind it; `reached` is called with those that had not changed
  // before.
  template <class Reached>
  void change(NetId net, Reached reached) {
    const bool rises = values_[net] == 0;
    values_[net] ^= 1;
    ++(rises ? activity_.rises : activity_.falls)[net];
    for (std::size_t i = first_sink_[net]; i < first_sink_[net + 1]; ++i) {
      CellState& cell = cells_[sinks_[i].instance];
      const std::uint32_t bit = std::uint32_t{1} << sinks_[i].input;
      cell.state ^= bit;
      count(cell, cell.kind->input_arc(sinks_[i].input, rises, cell.state), rises, 1);
      if (cell.changed == 0) reached(sinks_[i].instance);
      cell.changed |= bit;
    }
  }

  // Counts an output's transition that the inputs in `causes` have made in `state`.
  void count_output(std::uint32_t instance, std::size_t output, bool rises, std::uint32_t causes,
                    std::uint32_t state);

  // A flip-flop's clear and preset act on its state.
  void hold(std::uint32_t instance);
  // The clock rises: the instances whose state variable changes, already changed.
  const std::vector<std::uint32_t>& raise_clock();
  void lower_clock();

  void end_cycle();
  const Activity& activity() const { return activity_; }
  void clear_activity();

 private:
  struct CellState {
    const CellKind* kind = nullptr;
    std::uint32_t state = 0;
    std::uint32_t changed = 0;
    std::size_t first_output = 0;
    std::size_t first_arc = 0;
  };

  void count(const CellState& cell, std::uint16_t arc, bool rises, double weight) {
    if (arc != CellKind::kNoArc)
      activity_.arcs[cell.first_arc + std::size_t{2} * arc + (rises ? 0 : 1)] += weight;
  }
  void count_clock_edge(bool rises);

  const MappedDesign* design_;
  std::vector<std::uint8_t> values_;
  std::vector<CellState> cells_;
  std::vector<NetId> output_nets_;
  std::vector<std::size_t> first_sink_;  // by net, and one more
  std::vector<Sink> sinks_;              // without those of the clock
  std::vector<std::uint32_t> flip_flops_;
  std::vector<std::uint32_t> moved_;
  Activity activity_;
};

}  // namespace lnsim::gates
