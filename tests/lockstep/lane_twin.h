// A Verilated lane behind an interface that does not depend on its parameters.
#pragma once

#include <memory>

#include "models/arith/datapath.h"
#include "tests/lockstep/ports.h"

namespace lnsim::lockstep {

using LaneBits = Bits<16>;  // the codes of one operand's vector, or a sum

struct LaneInputs {
  bool valid = false;
  bool first = false;
  std::uint32_t entry = 0;
  LaneBits a;
  LaneBits b;
  LaneBits padding;
  bool load = false;
  std::uint32_t load_entry = 0;
  LaneBits load_sum;
};

struct LaneOutputs {
  bool valid = false;
  std::uint32_t entry = 0;
  LaneBits sum;
  arith::DotCounts counts;
  bool operator==(const LaneOutputs&) const = default;
};

class LaneTwin {
 public:
  virtual ~LaneTwin() = default;
  virtual void reset() = 0;
  // The registered outputs, which do not depend on the inputs of the same cycle.
  virtual LaneOutputs outputs() const = 0;
  // Ends the cycle.
  virtual void clock(const LaneInputs& inputs) = 0;
};

template <class Model>
class LaneTwinOf final : public LaneTwin {
 public:
  void reset() override {
    model_.reset = 1;
    model_.in_valid = 0;
    model_.load_valid = 0;
    for (int i = 0; i < 2; ++i) clock_edge(model_);
    model_.reset = 0;
  }

  LaneOutputs outputs() const override {
    LaneOutputs out;
    out.valid = model_.out_valid != 0;
    out.entry = model_.out_entry;
    out.sum = get_port<16>(model_.out_sum);
    out.counts = {model_.out_products, model_.out_zero_products, model_.out_lost_products,
                  model_.out_truncated_sums, model_.out_saturations};
    return out;
  }

  void clock(const LaneInputs& in) override {
    model_.in_valid = in.valid;
    model_.in_first = in.first;
    model_.in_entry = static_cast<std::uint8_t>(in.entry);
    set_port(model_.a, in.a);
    set_port(model_.b, in.b);
    set_port(model_.padding, in.padding);
    model_.load_valid = in.load;
    model_.load_entry = static_cast<std::uint8_t>(in.load_entry);
    set_port(model_.load_sum, in.load_sum);
    clock_edge(model_);
  }

 private:
  VerilatedContext context_;
  Model model_{&context_, "twin"};
};

}  // namespace lnsim::lockstep
