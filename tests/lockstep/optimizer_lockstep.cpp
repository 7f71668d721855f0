#include "tests/lockstep/optimizer_lockstep.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <random>

#include "models/arith/softfloat_f32.h"
#include "models/update/decay.h"
#include "sim/base/channel.h"
#include "sim/base/simulation.h"
#include "sim/base/unit.h"
#include "tests/lockstep/lane_parameters.h"
#include "tests/lockstep/recorded.h"

namespace lnsim::lockstep {
namespace {

using arith::Code;

std::string text_of(const OptimizerOutputs& out) {
  const UpdateCounts& c = out.counts;
  return fmt::format(
      "valid {} weight {:08x} state {:08x} {:08x} unchanged {} saturated {} state saturated {} not a number "
      "{}",
      out.valid, out.updated.weight, out.updated.state[0], out.updated.state[1], c.unchanged, c.saturated,
      c.state_saturated, c.not_a_number);
}

arith::FormatParameters single_precision() {
  arith::FormatParameters format;
  format.kind = arith::FormatKind::fp32;
  return format;
}

std::uint32_t bits(double x) {
  return arith::f32_from_double(x).bits;
}
std::uint32_t bits(const arith::Normalised& x) {
  return arith::f32_round(x).bits;
}

OptimizerCommand command_of(const OptimizerParameters& optimizer, const UpdateStep& update) {
  OptimizerCommand command;
  command.gradient_scale = update.gradient_scale.k;
  command.momentum = bits(optimizer.momentum);
  command.one_minus_momentum = bits(one_minus_power(optimizer.momentum, 1));
  command.beta = bits(optimizer.beta);
  command.one_minus_beta = bits(one_minus_power(optimizer.beta, 1));
  command.first_correction = bits(one_minus_power(optimizer.momentum, update.step));
  command.second_correction = bits(one_minus_power(optimizer.beta, update.step));
  command.epsilon = bits(optimizer.epsilon);
  command.minus_rate = bits(-update.learning_rate);
  return command;
}

class OptimizerLockstep final : public Unit {
 public:
  OptimizerLockstep(Simulation& simulation, const OptimizerLane& lane, OptimizerTwin& twin,
                    std::uint64_t seed, std::uint64_t cycles)
      : Unit("optimizer", simulation),
        lane_(lane),
        gradient_(arith::make_format(lane.gradient)),
        single_(arith::make_format(single_precision())),
        recorded_(recorded_codes(*gradient_, true)),
        twin_(twin),
        random_(seed),
        cycles_(cycles),
        pipeline_(simulation, lane.latency + 1, lane.latency) {
    pipeline_.connect(*this, *this);
    if (gradient_->storage_bits() < 32) seen_.gradients.resize(std::size_t{1} << gradient_->storage_bits());
    request_edge(1);
  }
  const OptimizerSeen& seen() const { return seen_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    if (seen_.cycles == cycles_) return;
    compare(now);
    if (!seen_.mismatch.empty()) return;
    // A command's constants change only when nothing is under way.
    OptimizerInputs inputs;
    if (left_ == 0) {
      if (draining_-- == 0) new_command();
    } else {
      --left_;
      inputs.valid = below(100) < valid_percent_;
    }
    if (inputs.valid) take(now, inputs);
    twin_.clock(inputs);
    ++seen_.cycles;
    request_edge(now + 1);
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool percent(unsigned share) { return below(100) < share; }
  template <std::size_t Size>
  double one_of(const std::array<double, Size>& choices) {
    return choices[below(Size)];
  }

  void compare(Cycle now) {
    OptimizerOutputs expected;
    if (const OptimizerOutputs* front = pipeline_.front(now)) {
      expected = *front;
      pipeline_.pop(now);
    }
    const OptimizerOutputs got = twin_.outputs();
    if (got != expected)
      seen_.mismatch =
          fmt::format("cycle {}:\n  simulator {}\n  twin      {}", now, text_of(expected), text_of(got));
  }

  void new_command() {
    ++seen_.commands;
    left_ = 100 + below(400);
    draining_ = lane_.latency;
    valid_percent_ = static_cast<unsigned>(one_of(std::array{100.0, 60.0, 10.0}));
    OptimizerParameters optimizer;
    optimizer.kind = lane_.kind;
    optimizer.momentum = one_of(std::array{0.9, 0.0, 0.5, 0.9999});
    optimizer.beta = one_of(std::array{0.999, 0.9, 0.0, 0.999999});
    optimizer.epsilon = one_of(std::array{1e-8, 0.0, 1e-3, 1.0});
    UpdateStep update;
    update.step = static_cast<std::int64_t>(one_of(std::array{1.0, 2.0, 10.0, 1e5}));
    update.learning_rate = one_of(std::array{0.0078125, 1e-3, 3e-5, 1.7, 99.0});
    // Mostly where squares are ordinary numbers, else where they underflow or overflow.
    update.gradient_scale = {static_cast<std::int32_t>(percent(25) ? below(340) : below(60)) -
                             (percent(50) ? 40 : 170)};
    rule_ = make_update_rule(optimizer, {single_.get(), gradient_.get(), single_.get()}, update);
    scale_ = update.gradient_scale;
    twin_.command(command_of(optimizer, update));
  }

  void take(Cycle now, OptimizerInputs& inputs) {
    inputs.gradient = draw_gradient();
    if (!seen_.gradients.empty()) seen_.gradients[inputs.gradient] = true;
    const double g = gradient_->value(inputs.gradient, scale_);
    inputs.old.weight = draw_near(one_of(std::array{1.0, 1e-2, -1.0, -1e30}));
    inputs.old.state[0] = draw_near(percent(50) ? g : -g);
    if (lane_.kind == OptimizerKind::adam) inputs.old.state[1] = draw_near(g * g);
    OptimizerOutputs result;
    result.valid = true;
    result.updated = inputs.old;
    const auto states = std::span(result.updated.state).first(state_values(lane_.kind));
    rule_->apply(0, {&result.updated.weight, 1}, {&inputs.gradient, 1}, states, result.counts);
    seen_.counts += result.counts;
    pipeline_.push(now, result);
  }

  Code draw_gradient() {
    if (percent(30)) return recorded_[place_++ % recorded_.size()];
    const unsigned unused = 64 - gradient_->storage_bits();
    return static_cast<Code>(random_() >> unused);
  }

  // A number of about that size, a corner, or any bits.
  Code draw_near(double x) {
    constexpr std::array<Code, 10> kCorners{0,          1,          0x7f7fffff, 0x7f800000, 0xff800000,
                                            0x7fc00000, 0x80000000, 0x00800000, 0x007fffff, 0xff7fffff};
    if (percent(4)) return kCorners[below(kCorners.size())];
    if (percent(8)) return static_cast<Code>(random_());
    return bits(x * std::ldexp(1.0 + std::ldexp(static_cast<double>(below(1u << 23)), -23),
                               static_cast<int>(below(14)) - 10));
  }

  OptimizerLane lane_;
  std::unique_ptr<const arith::NumberFormat> gradient_, single_;
  std::vector<Code> recorded_;
  std::size_t place_ = 0;
  OptimizerTwin& twin_;
  std::mt19937_64 random_;
  std::uint64_t cycles_;
  Channel<OptimizerOutputs> pipeline_;
  std::unique_ptr<const UpdateRule> rule_;
  arith::Scale scale_;
  std::uint64_t left_ = 0, draining_ = 0;
  unsigned valid_percent_ = 100;
  OptimizerSeen seen_;
};

}  // namespace

OptimizerLane optimizer_lane(const ModelRow& row) {
  return {row.top == "adam_lane" ? OptimizerKind::adam : OptimizerKind::sgd, float_operand(row, "G"),
          static_cast<unsigned>(row.at("LATENCY"))};
}

OptimizerSeen run_optimizer(const OptimizerLane& lane, OptimizerTwin& twin, std::uint64_t seed,
                            std::uint64_t cycles) {
  Simulation simulation({}, Engine::kernel);
  const Simulation::Scope scope(simulation);
  OptimizerLockstep lockstep(simulation, lane, twin, seed, cycles);
  twin.reset();
  if (simulation.run(cycles + 10) == Simulation::End::failed)
    std::rethrow_exception(simulation.take_failure());
  return lockstep.seen();
}

}  // namespace lnsim::lockstep
