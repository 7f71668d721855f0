// An update rule on single-precision weights and state behind a pipeline as the weight-update unit has it,
// and its Verilated twin, clocked together and compared in every cycle.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "models/update/update_rule.h"
#include "tests/lockstep/model_table.h"
#include "tests/lockstep/ports.h"

namespace lnsim::lockstep {

struct OptimizerLane {
  OptimizerKind kind;
  arith::FormatParameters gradient;
  unsigned latency;
};

// For rows of sgd_lane and adam_lane.
OptimizerLane optimizer_lane(const ModelRow& row);

// What stands still while the parameters of a command are under way; single-precision numbers but for the
// scale.
struct OptimizerCommand {
  std::int32_t gradient_scale = 0;
  std::uint32_t momentum = 0;
  std::uint32_t one_minus_momentum = 0;
  std::uint32_t beta = 0;
  std::uint32_t one_minus_beta = 0;
  std::uint32_t first_correction = 0;
  std::uint32_t second_correction = 0;
  std::uint32_t epsilon = 0;
  std::uint32_t minus_rate = 0;
};

// A parameter as it enters, or leaves.
struct OptimizerValues {
  arith::Code weight = 0;
  std::array<arith::Code, 2> state{};  // the second one of Adam alone
  bool operator==(const OptimizerValues&) const = default;
};

struct OptimizerInputs {
  bool valid = false;
  arith::Code gradient = 0;
  OptimizerValues old;
};

struct OptimizerOutputs {
  bool valid = false;
  OptimizerValues updated;
  UpdateCounts counts;
  bool operator==(const OptimizerOutputs&) const = default;
};

class OptimizerTwin {
 public:
  virtual ~OptimizerTwin() = default;
  virtual void reset() = 0;
  virtual void command(const OptimizerCommand& command) = 0;
  virtual OptimizerOutputs outputs() const = 0;
  virtual void clock(const OptimizerInputs& inputs) = 0;
};

// Of either lane: what only one of them has is looked for.
template <class Model>
class OptimizerTwinOf final : public OptimizerTwin {
 public:
  void reset() override {
    model_.reset = 1;
    model_.in_valid = 0;
    for (int i = 0; i < 2; ++i) clock_edge(model_);
    model_.reset = 0;
  }
  void command(const OptimizerCommand& command) override {
    model_.gradient_scale = static_cast<std::uint32_t>(command.gradient_scale);
    model_.momentum = command.momentum;
    model_.minus_rate = command.minus_rate;
    if constexpr (kAdam) {
      model_.one_minus_momentum = command.one_minus_momentum;
      model_.beta = command.beta;
      model_.one_minus_beta = command.one_minus_beta;
      model_.first_correction = command.first_correction;
      model_.second_correction = command.second_correction;
      model_.epsilon = command.epsilon;
    }
  }
  OptimizerOutputs outputs() const override {
    OptimizerOutputs out;
    out.valid = model_.out_valid != 0;
    if (out.valid) {
      out.updated.weight = model_.out_weight;
      if constexpr (kAdam) {
        out.updated.state = {model_.out_first, model_.out_second};
      } else {
        out.updated.state[0] = model_.out_moment;
      }
    }
    out.counts.values = model_.out_valid;
    out.counts.unchanged = model_.out_unchanged;
    out.counts.saturated = model_.out_saturated;
    out.counts.state_saturated = static_cast<std::uint64_t>(std::popcount(model_.out_state_saturated));
    out.counts.not_a_number = model_.out_not_a_number;
    return out;
  }
  void clock(const OptimizerInputs& in) override {
    model_.in_valid = in.valid;
    model_.in_weight = in.old.weight;
    set_gradient(model_.in_gradient, in.gradient);
    if constexpr (kAdam) {
      model_.in_first = in.old.state[0];
      model_.in_second = in.old.state[1];
    } else {
      model_.in_moment = in.old.state[0];
    }
    clock_edge(model_);
  }

 private:
  static constexpr bool kAdam = requires(Model model) { model.epsilon; };

  template <class Port>
  static void set_gradient(Port& port, arith::Code code) {
    port = static_cast<Port>(code);
  }

  VerilatedContext context_;
  Model model_{&context_, "twin"};
};

struct OptimizerSeen {
  std::uint64_t cycles = 0;
  std::uint64_t commands = 0;
  UpdateCounts counts;
  std::vector<bool> gradients;  // codes; none of 32 bits
  std::string mismatch;         // of the first cycle in which the two differed; the run ends there
};

// Runs rule and twin for so many cycles, or until the first difference.
OptimizerSeen run_optimizer(const OptimizerLane& lane, OptimizerTwin& twin, std::uint64_t seed,
                            std::uint64_t cycles);

}  // namespace lnsim::lockstep
