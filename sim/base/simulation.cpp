#include "sim/base/simulation.h"

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/base/kernel_time.h"
#include "sim/base/unit.h"

// SystemC's own main calls this one. Our executables have mains of their own; one that was linked with
// SystemC's by mistake must not look as if it had succeeded.
extern "C" int sc_main(int, char*[]) {
  return 1;
}

namespace lnsim {
namespace {

// The kernel's current context is one for the whole process.
std::recursive_mutex& context_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

}  // namespace

Simulation::Simulation(const Disturbance& disturbance, Engine engine)
    : disturbance_(disturbance), engine_(engine) {
  const std::lock_guard alone(context_mutex());
  context_ = std::make_unique<sc_core::sc_simcontext>();
  // Nothing to do for a while is no reason for the kernel to print a warning.
  sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_WARNING,
                                          sc_core::SC_DO_NOTHING);
}

// The kernel's destructor looks at the current context.
Simulation::~Simulation() {
  const Scope scope(*this);
  context_.reset();
}

Simulation::Scope::Scope(Simulation& simulation)
    : alone_(context_mutex()),
      previous_(sc_core::sc_curr_simcontext),
      previous_default_(sc_core::sc_default_global_context) {
  sc_core::sc_curr_simcontext = simulation.context_.get();
  sc_core::sc_default_global_context = simulation.context_.get();
}

Simulation::Scope::~Scope() {
  sc_core::sc_curr_simcontext = previous_;
  sc_core::sc_default_global_context = previous_default_;
}

std::size_t Simulation::add(Unit& unit) {
  units_.push_back(&unit);
  return edges_.add_unit();
}

Cycle Simulation::now() const {
  return engine_ == Engine::scheduler ? edges_.now() : cycle_of(context_->time_stamp());
}

Simulation::End Simulation::run(Cycle limit) {
  return engine_ == Engine::scheduler ? run_scheduler(limit) : run_kernel(limit);
}

void Simulation::abandon() {
  fail(std::make_exception_ptr(ModelError("abandoned")));
  if (engine_ == Engine::kernel) run_kernel(1);
  take_failure();
}

Simulation::End Simulation::run_kernel(Cycle limit) {
  const Cycle end = now() + limit;
  sc_core::sc_start(duration_of(limit), sc_core::SC_EXIT_ON_STARVATION);
  if (failed()) {
    // The edges still asked for pass unused, so that the next run starts idle.
    sc_core::sc_start();
    return End::failed;
  }
  if (!sc_core::sc_pending_activity()) return End::idle;
  // The kernel stands at the last edge; it must not look at the same cycles again.
  if (now() < end) sc_core::sc_start(duration_of(end - now()), sc_core::SC_RUN_TO_TIME);
  return End::out_of_time;
}

Simulation::End Simulation::run_scheduler(Cycle limit) {
  if (failed()) return End::failed;
  const Cycle end = std::max(passed_, edges_.now()) + limit;
  pause_ = false;
  try {
    for (Cycle next = edges_.next(); next != kNever; next = edges_.next()) {
      if (next >= end) {
        edges_.go_to(end - 1);  // an edge in `end` is still to come
        passed_ = end;
        return End::out_of_time;
      }
      if (observer_ != nullptr) observer_->before_cycle(next);
      edges_.take(next, [&](std::size_t unit) { units_[unit]->step(next); });
      note_step(next);
      if (observer_ != nullptr) observer_->after_cycle(next);
      if (pause_) return End::paused;
    }
  } catch (...) {
    fail(std::current_exception());
    return End::failed;
  }
  return End::idle;
}

}  // namespace lnsim
