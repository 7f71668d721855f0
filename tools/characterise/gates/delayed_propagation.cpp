#include "tools/characterise/gates/delayed_propagation.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/base/errors.h"

namespace lnsim::gates {
namespace {

constexpr double kTicksPerPs = 10;
constexpr double kLongestPs = 1e6;  // the wheel has a slot per tick

std::uint32_t to_ticks(double ps, const Instance& instance) {
  if (ps > kLongestPs)
    throw UserError(Diagnostic{instance.kind->cell->position, instance.name,
                               fmt::format("a delay of {} ps", ps),
                               fmt::format("at most {} ps: units or slews may be wrong", kLongestPs)});
  return static_cast<std::uint32_t>(std::lround(ps * kTicksPerPs));
}

}  // namespace

DelayedPropagation::DelayedPropagation(SimulationCore& core, const StaticTiming& timing, double period_ps)
    : core_(&core),
      half_period_(static_cast<std::uint64_t>(std::llround(period_ps * kTicksPerPs / 2))),
      delays_(ticks_of(core.design(), timing)),
      wheel_(core.outputs(), longest(delays_)) {
  std::size_t first = 0;
  for (std::uint32_t i = 0; i < core.design().instances().size(); ++i) {
    const Instance& instance = core.design().instances()[i];
    first_delay_.push_back(first);
    first += instance.inputs.size() * instance.outputs.size();
    causes_.resize(causes_.size() + instance.outputs.size(), Cause{i});
  }
}

std::vector<DelayedPropagation::Ticks> DelayedPropagation::ticks_of(const MappedDesign& design,
                                                                    const StaticTiming& timing) {
  std::vector<Ticks> delays;
  for (std::uint32_t i = 0; i < design.instances().size(); ++i) {
    const Instance& instance = design.instances()[i];
    for (std::size_t input = 0; input < instance.inputs.size(); ++input) {
      for (std::size_t output = 0; output < instance.outputs.size(); ++output) {
        const RiseFall& delay = timing.delay(i, input, output);
        delays.push_back({to_ticks(delay.rise_ps, instance), to_ticks(delay.fall_ps, instance)});
      }
    }
  }
  return delays;
}

std::uint32_t DelayedPropagation::longest(const std::vector<Ticks>& delays) {
  std::uint32_t most = 1;
  for (const Ticks& delay : delays) most = std::max({most, delay.rise, delay.fall});
  return most;
}

void DelayedPropagation::run_cycle(std::span<const NetId> inputs) {
  wheel_.restart();
  for (const std::uint32_t instance : core_->raise_clock())
    evaluate(instance, std::uint32_t{1} << core_->kind(instance).clock, 0);
  for (const NetId net : inputs) change(net);
  evaluate_reached(0);
  bool clock_is_high = true;
  while (!wheel_.empty()) {
    const std::uint64_t now = wheel_.next_time();
    if (clock_is_high && now >= half_period_) {
      core_->lower_clock();
      clock_is_high = false;
    }
    due_.clear();
    wheel_.take(now, due_);
    for (const std::uint32_t output : due_) {
      const Cause& cause = causes_[output];
      const std::size_t pin = output - core_->first_output(cause.instance);
      const NetId net = core_->output_net(cause.instance, pin);
      core_->count_output(cause.instance, pin, !core_->value(net), cause.inputs, cause.state);
      change(net);
    }
    evaluate_reached(now);
  }
  if (clock_is_high) core_->lower_clock();
}

void DelayedPropagation::evaluate_reached(std::uint64_t now) {
  for (const std::uint32_t instance : reached_) {
    std::uint32_t causes = core_->take_changed(instance);
    if (core_->kind(instance).flip_flop) {
      core_->hold(instance);
      causes &= core_->kind(instance).asynchronous;
    }
    evaluate(instance, causes, now);
  }
  reached_.clear();
}

void DelayedPropagation::evaluate(std::uint32_t instance, std::uint32_t causes, std::uint64_t now) {
  const CellKind& kind = core_->kind(instance);
  const std::uint32_t state = core_->state(instance);
  for (std::size_t pin = 0; pin < kind.outputs.size(); ++pin) {
    const std::size_t output = core_->first_output(instance) + pin;
    const bool target = (kind.output_values[state] >> pin & 1U) != 0;
    const bool changes = target != core_->value(core_->output_net(instance, pin));
    if (wheel_.pending(output)) {
      if (!changes) wheel_.cancel(output);
    } else if (changes) {
      wheel_.schedule(output, now + delay(instance, pin, target, causes));
      causes_[output] = {instance, causes, state};
    }
  }
}

std::uint32_t DelayedPropagation::delay(std::uint32_t instance, std::size_t output, bool rises,
                                        std::uint32_t causes) const {
  const std::size_t outputs = core_->kind(instance).outputs.size();
  std::uint32_t fastest = 0;
  for (std::uint32_t rest = causes; rest != 0; rest &= rest - 1) {
    const auto input = static_cast<std::size_t>(std::countr_zero(rest));
    const Ticks& ticks = delays_[first_delay_[instance] + input * outputs + output];
    const std::uint32_t candidate = rises ? ticks.rise : ticks.fall;
    if (candidate != 0 && (fastest == 0 || candidate < fastest)) fastest = candidate;
  }
  return std::max<std::uint32_t>(fastest, 1);
}

}  // namespace lnsim::gates
