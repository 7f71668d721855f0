#include "sim/base/simulation.h"

// SystemC's own main calls this one. Our executables have mains of their own; one that was linked with
// SystemC's by mistake must not look as if it had succeeded.
extern "C" int sc_main(int, char*[]) {
  return 1;
}

namespace lnsim {

Simulation::Simulation(const Disturbance& disturbance)
    : disturbance_(disturbance), context_(std::make_unique<sc_core::sc_simcontext>()) {
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
    : previous_(sc_core::sc_curr_simcontext), previous_default_(sc_core::sc_default_global_context) {
  sc_core::sc_curr_simcontext = simulation.context_.get();
  sc_core::sc_default_global_context = simulation.context_.get();
}

Simulation::Scope::~Scope() {
  sc_core::sc_curr_simcontext = previous_;
  sc_core::sc_default_global_context = previous_default_;
}

Simulation::End Simulation::run(Cycle limit) {
  sc_core::sc_start(duration_of(limit), sc_core::SC_EXIT_ON_STARVATION);
  if (failed()) {
    // The edges still asked for pass unused, so that the next run starts idle.
    sc_core::sc_start();
    return End::failed;
  }
  return sc_core::sc_pending_activity() ? End::out_of_time : End::idle;
}

}  // namespace lnsim
