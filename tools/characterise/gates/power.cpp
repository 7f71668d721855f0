#include "tools/characterise/gates/power.h"

#include <set>

namespace lnsim::gates {
namespace {

// The mean of the groups that have a table for the direction.
double energy_fj(const PowerArc& arc, bool rises, double slew_ps, double load_ff) {
  double sum = 0, groups = 0;
  for (const InternalPower* group : arc.groups) {
    const LookupTable& table = rises ? group->rise_fj : group->fall_fj;
    if (table.empty()) continue;
    sum += table.at(slew_ps, load_ff);
    groups += 1;
  }
  return groups == 0 ? 0 : sum / groups;
}

// The slew of the input that makes the arc's pin go up or down: the mean of both where either direction may.
double cause_slew_ps(const CellKind& kind, const PowerArc& arc, bool rises, const RiseFall& slew) {
  if (arc.at_input) return rises ? slew.rise_ps : slew.fall_ps;
  bool rising = false, falling = false;
  for (const TimingArc& timing : kind.outputs[arc.pin]->timing) {
    if (!timing.relates(kind.inputs[arc.cause]->name)) continue;
    rising = rising || timing.admits(true, rises);
    falling = falling || timing.admits(false, rises);
  }
  if (rising == falling) return (slew.rise_ps + slew.fall_ps) / 2;
  return rising ? slew.rise_ps : slew.fall_ps;
}

}  // namespace

PowerModel::PowerModel(const MappedDesign& design, const StaticTiming& timing) : design_(&design) {
  const double volt = design.library().voltage;
  for (NetId net = 0; net < design.nets(); ++net) net_fj_.push_back(timing.load_ff(net) * volt * volt / 2);
  for (const Instance& instance : design.instances()) {
    const double clock_pin_ff = instance.kind->flip_flop
                                    ? instance.kind->inputs[instance.kind->clock]->capacitance_ff +
                                          timing.conditions().wire_ff_per_pin
                                    : 0;
    clock_pin_fj_.push_back(clock_pin_ff * volt * volt / 2);
    for (const PowerArc& arc : instance.kind->arcs) {
      const RiseFall& slew = timing.slew(instance.inputs[arc.cause]);
      const double load = arc.at_input ? 0 : timing.load_ff(instance.outputs[arc.pin]);
      for (const bool rises : {true, false})
        arc_fj_.push_back(energy_fj(arc, rises, cause_slew_ps(*instance.kind, arc, rises, slew), load));
    }
  }
}

std::vector<BlockEnergy> PowerModel::by_block(const Activity& activity) const {
  std::vector<BlockEnergy> blocks(design_->blocks().size());
  const auto toggles = [&](NetId net) {
    return static_cast<double>(activity.rises[net] + activity.falls[net]);
  };
  std::size_t arc = 0;
  for (std::size_t i = 0; i < design_->instances().size(); ++i) {
    const Instance& instance = design_->instances()[i];
    const CellKind& kind = *instance.kind;
    BlockEnergy& block = blocks[instance.block];
    double& data = kind.flip_flop ? block.sequential_fj : block.combinational_fj;
    for (const NetId net : instance.outputs) data += net_fj_[net] * toggles(net);
    block.clock_fj += clock_pin_fj_[i] * toggles(design_->clock());
    for (const PowerArc& of : kind.arcs) {
      const double energy = arc_fj_[arc] * activity.arcs[arc] + arc_fj_[arc + 1] * activity.arcs[arc + 1];
      const bool at_clock = kind.flip_flop && of.at_input && of.pin == kind.clock;
      (at_clock ? block.clock_fj : data) += energy;
      arc += 2;
    }
    if (activity.cycles > 0)
      block.leakage_nw += activity.leakage_nw_cycles[i] / static_cast<double>(activity.cycles);
  }
  return blocks;
}

double PowerModel::input_ports_fj(const Activity& activity) const {
  std::set<NetId> nets;
  for (const NetlistPort& port : design_->ports()) {
    if (port.input) nets.insert(port.nets.begin(), port.nets.end());
  }
  nets.erase(design_->clock());
  double sum = 0;
  for (const NetId net : nets)
    sum += net_fj_[net] * static_cast<double>(activity.rises[net] + activity.falls[net]);
  return sum;
}

}  // namespace lnsim::gates
