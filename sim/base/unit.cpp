#include "sim/base/unit.h"

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/base/kernel_time.h"

namespace lnsim {

Unit::Unit(const sc_core::sc_module_name& name, Simulation& simulation)
    : sc_module(name),
      simulation_(simulation),
      id_(simulation.next_id()),
      number_(simulation.add(*this)),
      edges_(simulation.engine() == Engine::scheduler ? &simulation.edges() : nullptr) {
  SC_METHOD(on_edge);
  sensitive << edge_;
  dont_initialize();
}

void Unit::refuse_past() const {
  throw ModelError(std::string(name()) + " was asked to step in the past");
}

void Unit::request_kernel_edge(Cycle cycle) {
  if (cycle == next_edge_) return;
  if (cycle > next_edge_) {
    after_next_ = std::min(after_next_, cycle);
    return;
  }
  const Cycle now = simulation_.now();
  if (cycle <= now) refuse_past();
  after_next_ = std::min(after_next_, next_edge_);
  next_edge_ = cycle;
  edge_.notify(duration_of(cycle - now));
}

void Unit::on_edge() {
  if (wait_a_delta()) return;
  const Cycle now = next_edge_;
  const Cycle after = after_next_;
  next_edge_ = kNever;
  after_next_ = kNever;
  if (simulation_.failed()) return;
  try {
    step(now);
    if (after != kNever) request_edge(after);
  } catch (...) {
    simulation_.fail(std::current_exception());
  }
}

// Shuffles the order of processes: each waits 0 to 3 delta cycles before it steps.
bool Unit::wait_a_delta() {
  if (!simulation_.disturbance().shuffle_processes) return false;
  if (deltas_waited_ < mix_bits(simulation_.disturbance().seed, id_, next_edge_) % 4) {
    ++deltas_waited_;
    next_trigger(sc_core::SC_ZERO_TIME);
    return true;
  }
  deltas_waited_ = 0;
  return false;
}

}  // namespace lnsim
