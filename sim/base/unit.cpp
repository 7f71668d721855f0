#include "sim/base/unit.h"

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
  const Cycle now = simulation_.now();
  if (cycle <= now) refuse_past();
  const auto [entry, is_new] = kernel_edges_.insert(cycle);
  if (is_new && entry == kernel_edges_.begin()) edge_.notify(duration_of(cycle - now));
}

void Unit::on_edge() {
  if (wait_a_delta()) return;
  const Cycle now = simulation_.now();
  kernel_edges_.erase(now);
  if (simulation_.failed()) {
    kernel_edges_.clear();
    return;
  }
  if (!kernel_edges_.empty()) edge_.notify(duration_of(*kernel_edges_.begin() - now));
  simulation_.note_step(now);
  try {
    step(now);
  } catch (...) {
    simulation_.fail(std::current_exception());
  }
}

// Shuffles the order of processes: each waits 0 to 3 delta cycles before it steps.
bool Unit::wait_a_delta() {
  if (!simulation_.disturbance().shuffle_processes) return false;
  if (deltas_waited_ < mix_bits(simulation_.disturbance().seed, id_, simulation_.now()) % 4) {
    ++deltas_waited_;
    next_trigger(sc_core::SC_ZERO_TIME);
    return true;
  }
  deltas_waited_ = 0;
  return false;
}

}  // namespace lnsim
