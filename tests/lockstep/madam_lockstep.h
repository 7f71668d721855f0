// The Madam rule behind a pipeline as the weight-update unit has it, and its Verilated twin, clocked together
// and compared in every cycle.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/update/update_rule.h"
#include "sim/base/channel.h"
#include "sim/base/simulation.h"
#include "sim/base/unit.h"
#include "tests/lockstep/madam_parameters.h"
#include "tests/lockstep/ports.h"

namespace lnsim::lockstep {

// What stands still while the parameters of a command are under way.
struct MadamCommand {
  std::int32_t gradient_scale = 0;
  std::uint32_t beta = 0;
  std::uint32_t one_minus_beta = 0;
  std::uint64_t log2_correction = 0;
  Bits<64> steps;
};

struct MadamInputs {
  bool valid = false;
  arith::Code weight = 0;
  arith::Code gradient = 0;
  arith::Code moment = 0;
};

struct MadamOutputs {
  bool valid = false;
  arith::Code weight = 0;
  arith::Code moment = 0;
  UpdateCounts counts;
  bool operator==(const MadamOutputs&) const = default;
};

class MadamTwin {
 public:
  virtual ~MadamTwin() = default;
  virtual void reset() = 0;
  virtual void command(const MadamCommand& command) = 0;
  virtual MadamOutputs outputs() const = 0;
  virtual void clock(const MadamInputs& inputs) = 0;
};

template <class Model>
class MadamTwinOf final : public MadamTwin {
 public:
  void reset() override {
    model_.reset = 1;
    model_.in_valid = 0;
    for (int i = 0; i < 2; ++i) clock_edge(model_);
    model_.reset = 0;
  }
  void command(const MadamCommand& command) override {
    model_.gradient_scale = static_cast<std::uint32_t>(command.gradient_scale);
    model_.beta = command.beta;
    model_.one_minus_beta = command.one_minus_beta;
    model_.log2_correction = command.log2_correction;
    set_port(model_.steps, command.steps);
  }
  MadamOutputs outputs() const override {
    MadamOutputs out;
    out.valid = model_.out_valid != 0;
    if (out.valid) {
      out.weight = model_.out_weight;
      out.moment = model_.out_moment;
    }
    out.counts.values = model_.out_valid;
    out.counts.unchanged = model_.out_unchanged;
    out.counts.zero_steps = model_.out_zero_step;
    out.counts.zero_weights = model_.out_zero_weight;
    out.counts.clamped_gradients = model_.out_clamped_gradient;
    out.counts.saturated = model_.out_saturated;
    out.counts.underflowed = model_.out_underflowed;
    out.counts.state_saturated = model_.out_state_saturated;
    out.counts.not_a_number = model_.out_not_a_number;
    return out;
  }
  void clock(const MadamInputs& in) override {
    model_.in_valid = in.valid;
    set(model_.in_weight, in.weight);
    set(model_.in_gradient, in.gradient);
    model_.in_moment = in.moment;
    clock_edge(model_);
  }

 private:
  template <class Port>
  static void set(Port& port, arith::Code code) {
    port = static_cast<Port>(code);
  }

  VerilatedContext context_;
  Model model_{&context_, "twin"};
};

struct MadamSeen {
  std::uint64_t cycles = 0;
  std::uint64_t commands = 0;
  UpdateCounts counts;
  std::vector<bool> weights, gradients;  // codes
  std::string mismatch;                  // of the first cycle in which the two differed; the run ends there
};

// Runs rule and twin for so many cycles, or until the first difference.
MadamSeen run_madam(const MadamParameters& parameters, MadamTwin& twin, std::uint64_t seed,
                    std::uint64_t cycles);

}  // namespace lnsim::lockstep
