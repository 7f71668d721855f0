// A hardware unit: one SystemC module with one method process that runs at the clock edges the unit asks for,
// be it by the kernel or by the simulation's own scheduler.
//
// Edges on demand: an idle unit asks for none and costs nothing. A unit's step is called once in each cycle
// that it or a neighbour asked for, and may be called without need: it looks at its state and channels, does
// what can be done in this cycle, and asks for the next edge it needs by itself.
#pragma once

#include <set>
#include <string>
#include <systemc>

#include "sim/base/clock.h"
#include "sim/base/simulation.h"

namespace lnsim {

class Unit : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Unit);
  Unit(const sc_core::sc_module_name& name, Simulation& simulation);

  // Asks for a step in `cycle`, which must lie in the future. Idempotent, and independent of the order of
  // requests.
  void request_edge(Cycle cycle) {
    if (edges_ == nullptr) {
      request_kernel_edge(cycle);
    } else if (!edges_->ask_near(number_, cycle)) {
      if (cycle <= edges_->now()) refuse_past();
      edges_->ask(number_, cycle);
    }
  }

  // Back to idle, as after construction.
  virtual void reset() = 0;

  // One line about what the unit is doing, for the deadlock report; empty when it is idle.
  virtual std::string state() const = 0;

 protected:
  virtual void step(Cycle now) = 0;
  // The run stops after this cycle, for whoever runs it to look at the machine.
  void pause() { simulation_.pause(); }

 private:
  friend class Simulation;  // calls step

  void request_kernel_edge(Cycle cycle);
  [[noreturn]] void refuse_past() const;
  void on_edge();
  bool wait_a_delta();

  Simulation& simulation_;
  std::uint64_t id_;
  std::size_t number_;
  EdgeQueue* edges_;  // null on the kernel
  sc_core::sc_event edge_;
  std::set<Cycle> kernel_edges_;  // asked for; the event is set for the first
  unsigned deltas_waited_ = 0;
};

}  // namespace lnsim
