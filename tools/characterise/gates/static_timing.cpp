#include "tools/characterise/gates/static_timing.h"

#include <algorithm>
#include <cmath>

#include "sim/base/errors.h"

namespace lnsim::gates {
namespace {

double rounded_to_tick(double ps) {
  return std::max(std::round(ps * 10), 1.0) / 10;
}

double& part(RiseFall& pair, bool rises) {
  return rises ? pair.rise_ps : pair.fall_ps;
}
double part(const RiseFall& pair, bool rises) {
  return rises ? pair.rise_ps : pair.fall_ps;
}

const Cell* smallest_inverter(const Library& library) {
  const Cell* smallest = nullptr;
  for (const auto& [name, cell] : library.cells) {
    if (cell.pins.size() != 2 || cell.flip_flop || !cell.other_state.empty()) continue;
    const bool inverts = std::any_of(cell.pins.begin(), cell.pins.end(), [](const Pin& pin) {
      return pin.function && !pin.timing.empty() && pin.function->names().size() == 1 && !pin.three_state &&
             pin.function->evaluate({0}) == ~std::uint64_t{0};
    });
    if (inverts && (smallest == nullptr || cell.area < smallest->area)) smallest = &cell;
  }
  return smallest;
}

}  // namespace

TimingConditions fanout_of_four(const Library& library) {
  const Cell* inverter = smallest_inverter(library);
  if (inverter == nullptr) throw UserError(Diagnostic{{}, "library", "no inverter", "one"});
  const bool input_first = inverter->pins[0].direction == PinDirection::kInput;
  const Pin& input = inverter->pins[input_first ? 0 : 1];
  const TimingArc& arc = inverter->pins[input_first ? 1 : 0].timing.front();
  double slew = 0;
  for (int stage = 0; stage < 20; ++stage) {  // settles after a few
    const double load = 4 * input.capacitance_ff;
    slew = std::max(arc.rise_transition_ps.at(slew, load), arc.fall_transition_ps.at(slew, load));
  }
  return {slew, slew};
}

StaticTiming::StaticTiming(const MappedDesign& design, const TimingConditions& conditions)
    : design_(&design),
      conditions_(conditions),
      slew_(design.nets()),
      timing_(design.nets()),
      block_arrival_ps_(design.blocks().size()) {
  find_loads();
  for (const NetlistPort& port : design.ports()) {
    const double slew = port.input ? conditions.input_slew_ps : 0;
    for (const NetId net : port.nets)
      slew_[net] = {std::max(slew_[net].rise_ps, slew), std::max(slew_[net].fall_ps, slew)};
  }
  slew_[design.clock()] = {conditions.clock_slew_ps, conditions.clock_slew_ps};
  for (const Instance& instance : design.instances()) {
    first_delay_.push_back(delay_.size());
    delay_.resize(delay_.size() + instance.inputs.size() * instance.outputs.size());
  }
  const TransitionPaths paths(design);
  for (const std::uint32_t instance : design.order()) propagate(instance, paths);
  find_critical_path();
}

void StaticTiming::find_loads() {
  for (const std::vector<Sink>& sinks : design_->sinks()) {
    double load = 0;
    for (const Sink& sink : sinks) {
      load += design_->instances()[sink.instance].kind->inputs[sink.input]->capacitance_ff +
              conditions_.wire_ff_per_pin;
    }
    load_ff_.push_back(load);
  }
  for (const NetlistPort& port : design_->ports()) {
    for (const NetId net : port.nets) load_ff_[net] += port.input ? 0 : conditions_.output_port_ff;
  }
  for (const Instance& instance : design_->instances()) {
    for (std::size_t o = 0; o < instance.outputs.size(); ++o)
      load_ff_[instance.outputs[o]] += instance.kind->outputs[o]->capacitance_ff;
  }
}

void StaticTiming::propagate(std::uint32_t index, const TransitionPaths& paths) {
  const Instance& instance = design_->instances()[index];
  const CellKind& kind = *instance.kind;
  for (std::size_t o = 0; o < instance.outputs.size(); ++o) {
    for (const TimingArc& arc : kind.outputs[o]->timing) {
      for (std::size_t i = 0; i < instance.inputs.size(); ++i) {
        if (arc.relates(kind.inputs[i]->name)) propagate(index, o, arc, i, paths);
      }
    }
    const RiseFall& arrival = timing_[instance.outputs[o]].arrival;
    double& latest = block_arrival_ps_[instance.block];
    latest = std::max({latest, arrival.rise_ps, arrival.fall_ps});
  }
}

void StaticTiming::propagate(std::uint32_t index, std::size_t output, const TimingArc& arc, std::size_t input,
                             const TransitionPaths& paths) {
  const Instance& instance = design_->instances()[index];
  const NetId from = instance.inputs[input], to = instance.outputs[output];
  RiseFall& worst = delay_[first_delay_[index] + input * instance.outputs.size() + output];
  for (const bool rises : {true, false}) {
    const LookupTable& delays = rises ? arc.rise_ps : arc.fall_ps;
    const LookupTable& transitions = rises ? arc.rise_transition_ps : arc.fall_transition_ps;
    if (delays.empty()) continue;
    for (const bool input_rises : {true, false}) {
      if (!arc.admits(input_rises, rises) || !paths.passes(index, input, input_rises, output, rises))
        continue;
      const double slew = part(slew_[from], input_rises);
      const double delay = rounded_to_tick(delays.at(slew, load_ff_[to]));
      part(worst, rises) = std::max(part(worst, rises), delay);
      part(slew_[to], rises) = std::max(part(slew_[to], rises), transitions.at(slew, load_ff_[to]));
      const double arrival = part(timing_[from].arrival, input_rises) + delay;
      if (arrival <= part(timing_[to].arrival, rises)) continue;
      part(timing_[to].arrival, rises) = arrival;
      (rises ? timing_[to].rise : timing_[to].fall) = {true, index, from, input_rises};
    }
  }
}

double StaticTiming::setup_ps(const Instance& instance, std::size_t input, bool rises) const {
  double setup = 0;
  for (const TimingArc& arc : instance.kind->inputs[input]->timing) {
    if (arc.type != "setup_rising") continue;
    const LookupTable& table = rises ? arc.rise_ps : arc.fall_ps;
    setup = std::max(setup,
                     table.at(part(slew_[instance.inputs[input]], rises), slew_[design_->clock()].rise_ps));
  }
  return setup;
}

void StaticTiming::find_critical_path() {
  NetId last = kConstantZero;
  bool last_rises = true;
  const auto consider = [&](NetId net, bool rises, double time) {
    if (time <= critical_path_ps_) return;
    critical_path_ps_ = time;
    last = net;
    last_rises = rises;
  };
  for (const bool rises : {true, false}) {
    for (const NetlistPort& port : design_->ports()) {
      for (const NetId net : port.nets) consider(net, rises, part(timing_[net].arrival, rises));
    }
    for (const Instance& instance : design_->instances()) {
      if (!instance.kind->flip_flop) continue;
      for (std::size_t i = 0; i < instance.inputs.size(); ++i) {
        if (i == instance.kind->clock) continue;
        const NetId net = instance.inputs[i];
        consider(net, rises, part(timing_[net].arrival, rises) + setup_ps(instance, i, rises));
      }
    }
  }
  trace(last, last_rises);
}

void StaticTiming::trace(NetId net, bool rises) {
  while (true) {
    const Origin& origin = rises ? timing_[net].rise : timing_[net].fall;
    if (!origin.driven) break;
    const Instance& instance = design_->instances()[origin.instance];
    critical_path_.push_back({instance.name, instance.kind->cell->name, design_->blocks()[instance.block],
                              design_->net_names()[net], part(timing_[net].arrival, rises)});
    net = origin.before;
    rises = origin.rises_before;
  }
  std::reverse(critical_path_.begin(), critical_path_.end());
}

std::vector<double> area_by_block(const MappedDesign& design) {
  std::vector<double> area(design.blocks().size());
  for (const Instance& instance : design.instances()) area[instance.block] += instance.kind->cell->area;
  return area;
}

}  // namespace lnsim::gates
