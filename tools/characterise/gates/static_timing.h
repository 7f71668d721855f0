// Loads, slews, delays and the longest path of a design, from the library's non-linear delay tables.
//
// The load of a net is the sum of its pins' capacitances and wire_ff_per_pin for each pin it reaches. Slews
// are propagated once, in order: a net's slew is the worst over the arcs of its driver. A delay belongs to an
// input pin, an output pin and the direction in which the output goes; where the library has several arcs for
// these (by `when` or by the input's direction), it is the largest. Inputs change at time 0, with
// input_slew_ps; the clock rises at time 0, everywhere, with clock_slew_ps: no clock tree is modelled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/characterise/gates/mapped_design.h"

namespace lnsim::gates {

struct TimingConditions {
  double wire_ff_per_pin = 0;
  double input_slew_ps = 0;  // 0: the smallest of the library's tables is used for the cell in question
  double clock_slew_ps = 0;
};

// Of an instance's output: by direction in which it goes.
struct ArcDelay {
  double rise_ps = 0;
  double fall_ps = 0;
};

struct PathStep {
  std::string instance, cell, block, net;
  double arrival_ps = 0;
};

class StaticTiming {
 public:
  StaticTiming(const MappedDesign& design, const TimingConditions& conditions);

  double load_ff(NetId net) const { return load_ff_[net]; }
  double rise_slew_ps(NetId net) const { return slew_[net].rise_ps; }
  double fall_slew_ps(NetId net) const { return slew_[net].fall_ps; }
  // From `input` of an instance to its `output`; of a flip-flop from the clock, clear or preset.
  const ArcDelay& delay(std::uint32_t instance, std::size_t input, std::size_t output) const;

  // The longest time from a clock edge or an input's change to an output port or, with its setup time, to a
  // flip-flop: the shortest period at which the design works.
  double critical_path_ps() const { return critical_ps_; }
  const std::vector<PathStep>& critical_path() const { return critical_path_; }
  // By block: the latest arrival at an output of one of its cells.
  const std::vector<double>& block_arrival_ps() const { return block_arrival_ps_; }

 private:
  const MappedDesign* design_;
  std::vector<double> load_ff_;
  std::vector<ArcDelay> slew_, arrival_;
  std::vector<std::size_t> first_delay_;  // of an instance
  std::vector<ArcDelay> delays_;
  double critical_ps_ = 0;
  std::vector<PathStep> critical_path_;
  std::vector<double> block_arrival_ps_;
};

// Area of the cells of each block, in the library's unit (um^2).
std::vector<double> area_by_block(const MappedDesign& design);

}  // namespace lnsim::gates
