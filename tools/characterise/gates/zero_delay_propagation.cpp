#include "tools/characterise/gates/zero_delay_propagation.h"

namespace lnsim::gates {

ZeroDelayPropagation::ZeroDelayPropagation(SimulationCore& core)
    : core_(&core), position_(core.design().order().size()), waiting_(core.design().order().size()) {
  const std::vector<std::uint32_t>& order = core.design().order();
  for (std::uint32_t at = 0; at < order.size(); ++at) position_[order[at]] = at;
}

void ZeroDelayPropagation::settle_all() {
  for (std::uint32_t instance = 0; instance < position_.size(); ++instance) mark(instance);
  settle();
}

void ZeroDelayPropagation::run_cycle(std::span<const NetId> inputs) {
  for (const std::uint32_t instance : core_->raise_clock())
    update(instance, std::uint32_t{1} << core_->kind(instance).clock);
  for (const NetId net : inputs) core_->change(net, [this](std::uint32_t instance) { mark(instance); });
  settle();
  core_->lower_clock();
}

void ZeroDelayPropagation::settle() {
  for (std::size_t at = waiting_.next(0); at < position_.size(); at = waiting_.next(at + 1)) {
    waiting_.erase(at);
    const std::uint32_t instance = core_->design().order()[at];
    std::uint32_t causes = core_->take_changed(instance);
    if (core_->kind(instance).flip_flop) {
      core_->hold(instance);
      causes &= core_->kind(instance).asynchronous;
    }
    update(instance, causes);
  }
}

void ZeroDelayPropagation::update(std::uint32_t instance, std::uint32_t causes) {
  const CellKind& kind = core_->kind(instance);
  const std::uint32_t state = core_->state(instance);
  for (std::size_t output = 0; output < kind.outputs.size(); ++output) {
    const NetId net = core_->output_net(instance, output);
    const bool target = (kind.output_values[state] >> output & 1U) != 0;
    if (target == core_->value(net)) continue;
    core_->count_output(instance, output, target, causes, state);
    core_->change(net, [this](std::uint32_t reached) { mark(reached); });
  }
}

}  // namespace lnsim::gates
