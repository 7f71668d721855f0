#include "tools/characterise/gates/gate_simulation.h"

#include <fmt/format.h>

#include <optional>

#include "sim/base/errors.h"
#include "tools/characterise/gates/delayed_propagation.h"
#include "tools/characterise/gates/simulation_core.h"
#include "tools/characterise/gates/zero_delay_propagation.h"

namespace lnsim::gates {

class GateSimulation::State {
 public:
  State(const MappedDesign& design, const StaticTiming* timing, double period_ps)
      : core_(design), without_delays_(core_), wanted_(design.nets(), 0) {
    for (const NetlistPort& port : design.ports()) {
      if (port.input) inputs_.insert(inputs_.end(), port.nets.begin(), port.nets.end());
    }
    without_delays_.settle_all();
    core_.clear_activity();
    if (timing == nullptr) return;
    if (period_ps < timing->critical_path_ps())
      throw UserError(
          Diagnostic{{},
                     design.top(),
                     fmt::format("a period of {} ps", period_ps),
                     fmt::format("at least the critical path, {:.1f} ps", timing->critical_path_ps())});
    with_delays_.emplace(core_, *timing, period_ps);
  }

  void want(NetId net, bool value) {
    if (net == core_.design().clock())
      throw ModelError("the clock of " + core_.design().top() + " set as data");
    wanted_[net] = value ? 1 : 0;
  }

  void run_cycle() {
    changing_.clear();
    for (const NetId net : inputs_) {
      if (net != core_.design().clock() && core_.value(net) != (wanted_[net] != 0)) changing_.push_back(net);
    }
    if (with_delays_) {
      with_delays_->run_cycle(changing_);
    } else {
      without_delays_.run_cycle(changing_);
    }
    core_.end_cycle();
  }

  SimulationCore& core() { return core_; }

 private:
  SimulationCore core_;
  ZeroDelayPropagation without_delays_;
  std::optional<DelayedPropagation> with_delays_;
  std::vector<NetId> inputs_, changing_;
  std::vector<std::uint8_t> wanted_;  // by NetId
};

GateSimulation::GateSimulation(const MappedDesign& design)
    : state_(std::make_unique<State>(design, nullptr, 0)) {}
GateSimulation::GateSimulation(const MappedDesign& design, const StaticTiming& timing, double period_ps)
    : state_(std::make_unique<State>(design, &timing, period_ps)) {}
GateSimulation::~GateSimulation() = default;
GateSimulation::GateSimulation(GateSimulation&&) noexcept = default;

void GateSimulation::set_input(std::size_t port, std::span<const std::uint64_t> words) {
  const std::vector<NetId>& nets = state_->core().design().ports().at(port).nets;
  for (std::size_t bit = 0; bit < nets.size(); ++bit)
    state_->want(nets[bit], bit / 64 < words.size() && (words[bit / 64] >> (bit % 64) & 1U) != 0);
}

void GateSimulation::run_cycle() {
  state_->run_cycle();
}

bool GateSimulation::value(NetId net) const {
  return state_->core().value(net);
}

std::vector<std::uint64_t> GateSimulation::port_value(std::size_t port) const {
  const std::vector<NetId>& nets = state_->core().design().ports().at(port).nets;
  std::vector<std::uint64_t> words((nets.size() + 63) / 64);
  for (std::size_t bit = 0; bit < nets.size(); ++bit) {
    if (value(nets[bit])) words[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  return words;
}

const Activity& GateSimulation::activity() const {
  return state_->core().activity();
}
void GateSimulation::clear_activity() {
  state_->core().clear_activity();
}

}  // namespace lnsim::gates
