// Loads, slews, delays and the longest path of a design, from the library's non-linear delay tables.
//
// The load of a net is the sum of its pins' capacitances, wire_ff_per_pin for each pin it reaches and
// output_port_ff for each output port. Slews are propagated once, in order: a net's slew is the worst over
// the arcs of its driver. A delay belongs to an input pin, an output pin and the direction in which the
// output goes; where the library has several arcs for these (by `when` or by the input's direction), it is
// the largest of those that the cell's tied inputs let through, rounded to 0.1 ps and at least that. Arcs
// from one output to another, which only repeat those from inputs, are left out. Inputs change and the clock
// rises at time 0, the clock everywhere at once: no clock tree is modelled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/characterise/gates/mapped_design.h"
#include "tools/characterise/gates/transition_paths.h"

namespace lnsim::gates {

struct TimingConditions {
  double input_slew_ps = 0;
  double clock_slew_ps = 0;
  double wire_ff_per_pin = 0;
  double output_port_ff = 0;  // what each bit of an output port drives outside
};

// No wires, no load at outputs; slews as at the output of the library's smallest inverter that drives four of
// its kind and is driven by such a one. Throws UserError when the library has no inverter.
TimingConditions fanout_of_four(const Library& library);

// A pair of times by the direction in which a net goes.
struct RiseFall {
  double rise_ps = 0;
  double fall_ps = 0;
};

struct PathStep {
  std::string instance, cell, block, net;
  double arrival_ps = 0;
};

// Refers to the design, which must outlive it.
class StaticTiming {
 public:
  StaticTiming(const MappedDesign& design, const TimingConditions& conditions);

  const TimingConditions& conditions() const { return conditions_; }
  double load_ff(NetId net) const { return load_ff_[net]; }
  const RiseFall& slew(NetId net) const { return slew_[net]; }
  // From an input of an instance to an output, of a flip-flop from the clock, clear or preset; 0 where
  // nothing passes.
  const RiseFall& delay(std::uint32_t instance, std::size_t input, std::size_t output) const {
    return delay_[first_delay_[instance] + input * design_->instances()[instance].outputs.size() + output];
  }

  // The longest time from a clock edge or an input's change to an output port or, with its setup time, to a
  // flip-flop: the shortest period at which the design works.
  double critical_path_ps() const { return critical_path_ps_; }
  // From the clock or an input to the end: the cells passed and when their outputs have settled.
  const std::vector<PathStep>& critical_path() const { return critical_path_; }
  // By block: when the last output of one of its cells has settled.
  const std::vector<double>& block_arrival_ps() const { return block_arrival_ps_; }

 private:
  // Where a net's latest arrival comes from; none for inputs.
  struct Origin {
    bool driven = false;
    std::uint32_t instance = 0;
    NetId before = kConstantZero;
    bool rises_before = false;
  };
  struct NetTiming {
    RiseFall arrival;
    Origin rise, fall;
  };

  void find_loads();
  void propagate(std::uint32_t instance, const TransitionPaths& paths);
  void propagate(std::uint32_t instance, std::size_t output, const TimingArc& arc, std::size_t input,
                 const TransitionPaths& paths);
  void find_critical_path();
  double setup_ps(const Instance& instance, std::size_t input, bool rises) const;
  void trace(NetId net, bool rises);

  const MappedDesign* design_;
  TimingConditions conditions_;
  std::vector<double> load_ff_;
  std::vector<RiseFall> slew_;
  std::vector<NetTiming> timing_;
  std::vector<std::size_t> first_delay_;  // by instance
  std::vector<RiseFall> delay_;
  double critical_path_ps_ = 0;
  std::vector<PathStep> critical_path_;
  std::vector<double> block_arrival_ps_;
};

// Area of the cells of each block, in the library's unit (um^2).
std::vector<double> area_by_block(const MappedDesign& design);

}  // namespace lnsim::gates
