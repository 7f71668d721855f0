#include "tests/lockstep/madam_lockstep.h"

#include <fmt/format.h>

#include <array>

#include "models/arith/softfloat_f32.h"
#include "models/update/decay.h"
#include "tests/lockstep/recorded.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::lockstep {
namespace {

using arith::Code;

std::string text_of(const MadamOutputs& out) {
  const UpdateCounts& c = out.counts;
  return fmt::format(
      "valid {} weight {:x} moment {:08x} unchanged {} zero step {} zero weight {} clamped {} saturated {} "
      "underflowed {} state saturated {} not a number {}",
      out.valid, out.weight, out.moment, c.unchanged, c.zero_steps, c.zero_weights, c.clamped_gradients,
      c.saturated, c.underflowed, c.state_saturated, c.not_a_number);
}

arith::FormatParameters single_precision() {
  arith::FormatParameters format;
  format.kind = arith::FormatKind::fp32;
  return format;
}

class MadamLockstep final : public Unit {
 public:
  MadamLockstep(Simulation& simulation, const MadamParameters& parameters, MadamTwin& twin,
                std::uint64_t seed, std::uint64_t cycles)
      : Unit("madam", simulation),
        parameters_(parameters),
        weight_(arith::make_format(parameters.weight)),
        gradient_(arith::make_format(parameters.gradient)),
        moment_(arith::make_format(single_precision())),
        recorded_(recorded_codes(*gradient_, true)),
        twin_(twin),
        random_(seed),
        cycles_(cycles),
        pipeline_(simulation, parameters.latency + 1, parameters.latency) {
    pipeline_.connect(*this, *this);
    seen_.weights.resize(std::size_t{1} << weight_->storage_bits());
    seen_.gradients.resize(std::size_t{1} << gradient_->storage_bits());
    request_edge(1);
  }
  const MadamSeen& seen() const { return seen_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    if (seen_.cycles == cycles_) return;
    compare(now);
    if (!seen_.mismatch.empty()) return;
    // A command's constants change only when nothing is under way.
    MadamInputs inputs;
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

  void compare(Cycle now) {
    MadamOutputs expected;
    if (const MadamOutputs* front = pipeline_.front(now)) {
      expected = *front;
      pipeline_.pop(now);
    }
    const MadamOutputs got = twin_.outputs();
    if (got != expected)
      seen_.mismatch =
          fmt::format("cycle {}:\n  simulator {}\n  twin      {}", now, text_of(expected), text_of(got));
  }

  void new_command() {
    ++seen_.commands;
    left_ = 100 + below(400);
    draining_ = parameters_.latency;
    valid_percent_ = static_cast<unsigned>(std::array{100, 60, 10}[below(3)]);
    OptimizerParameters optimizer;
    optimizer.gradient_bound = parameters_.bound;
    optimizer.beta = std::array{0.999, 0.9, 0.0, 0.5, 0.999999}[below(5)];
    UpdateStep update;
    update.step = std::array<std::int64_t, 4>{1, 2, 10, 100'000}[below(4)];
    update.learning_rate = std::array{0.0078125, 0.0625, 0.0131, 3e-5, 1.7, 99.0}[below(6)];
    const auto gamma = static_cast<std::int64_t>(parameters_.gradient.gamma);
    // Mostly where squares are ordinary numbers, else where they underflow or overflow.
    const std::int64_t octave = static_cast<std::int64_t>(below(4) == 0 ? below(340) : below(60)) -
                                static_cast<std::int64_t>(below(2) == 0 ? 40 : 170);
    update.gradient_scale = {
        static_cast<std::int32_t>(octave * gamma + static_cast<std::int64_t>(below(16)))};
    formats_ = {weight_.get(), gradient_.get(), moment_.get()};
    rule_ = make_update_rule(optimizer, formats_, update);
    gradient_scale_ = update.gradient_scale;

    MadamCommand command;
    command.gradient_scale = update.gradient_scale.k;
    command.beta = arith::f32_from_double(optimizer.beta).bits;
    command.one_minus_beta = arith::f32_round(one_minus_power(optimizer.beta, 1)).bits;
    command.log2_correction = characterise::madam_correction(one_minus_power(optimizer.beta, update.step));
    unsigned g = 0;
    for (const std::uint32_t steps : madam_steps(parameters_, update.learning_rate))
      command.steps.put(18 * g++, 18, steps);
    twin_.command(command);
  }

  void take(Cycle now, MadamInputs& inputs) {
    inputs.weight = draw_weight();
    inputs.gradient = below(3) == 0 ? recorded_[place_++ % recorded_.size()]
                                    : static_cast<Code>(below(seen_.gradients.size()));
    inputs.moment = draw_moment(inputs.gradient);
    seen_.weights[inputs.weight] = true;
    seen_.gradients[inputs.gradient] = true;
    MadamOutputs result;
    result.valid = true;
    result.weight = inputs.weight;
    result.moment = inputs.moment;
    rule_->apply(0, {&result.weight, 1}, {&inputs.gradient, 1}, {&result.moment, 1}, result.counts);
    seen_.counts += result.counts;
    pipeline_.push(now, result);
  }

  Code draw_weight() {
    const auto codes = seen_.weights.size();
    const Code ends[] = {0, 1, static_cast<Code>(codes - 1), static_cast<Code>(codes / 2),
                         static_cast<Code>(codes / 2 - 1)};
    return below(4) == 0 ? ends[below(5)] : static_cast<Code>(below(codes));
  }

  // A second moment of about the gradient's square, or any single-precision number.
  Code draw_moment(Code gradient) {
    constexpr std::array<Code, 8> kSpecial{0,          1,          0x7f7fffff, 0x7f800000,
                                           0x7fc00000, 0x80000000, 0x00800000, 0x007fffff};
    if (below(20) == 0) return kSpecial[below(kSpecial.size())];
    if (below(10) == 0) return static_cast<Code>(random_());
    const double g = gradient_->value(gradient, gradient_scale_);
    const double ratio =
        std::ldexp(1.0 + static_cast<double>(below(1024)) / 1024, static_cast<int>(below(14)) - 10);
    return arith::f32_from_double(g * g * ratio).bits;
  }

  MadamParameters parameters_;
  std::unique_ptr<const arith::NumberFormat> weight_, gradient_, moment_;
  std::vector<Code> recorded_;
  std::size_t place_ = 0;
  MadamTwin& twin_;
  std::mt19937_64 random_;
  std::uint64_t cycles_;
  Channel<MadamOutputs> pipeline_;
  UpdateFormats formats_;
  std::unique_ptr<const UpdateRule> rule_;
  arith::Scale gradient_scale_;
  std::uint64_t left_ = 0, draining_ = 0;
  unsigned valid_percent_ = 100;
  MadamSeen seen_;
};

}  // namespace

MadamSeen run_madam(const MadamParameters& parameters, MadamTwin& twin, std::uint64_t seed,
                    std::uint64_t cycles) {
  Simulation simulation({}, Engine::kernel);
  const Simulation::Scope scope(simulation);
  MadamLockstep lockstep(simulation, parameters, twin, seed, cycles);
  twin.reset();
  if (simulation.run(cycles + 10) == Simulation::End::failed)
    std::rethrow_exception(simulation.take_failure());
  return lockstep.seen();
}

}  // namespace lnsim::lockstep
