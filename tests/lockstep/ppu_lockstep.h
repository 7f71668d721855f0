// The post-processing unit, with the datapath's quantiser behind it, and the Verilated twin of its quantiser,
// clocked together and compared in every cycle.
//
// Every column is the last of its command and narrower than a packet, so that it leaves the unit as one
// packet in the cycle in which its codes are made; what is packed into packets is the twin of the whole PE's
// affair.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/arith/number_format.h"
#include "models/compute/ppu.h"
#include "sim/base/channel.h"
#include "sim/base/simulation.h"
#include "tests/lockstep/ports.h"
#include "tests/lockstep/quantiser_parameters.h"

namespace lnsim::lockstep {

struct PpuInputs {
  bool valid = false;
  std::uint32_t rows = 0;
  Bits<16> sums;
  std::int32_t offset = 0;
  bool out_ready = false;
};

struct PpuOutputs {
  bool taken = false;
  bool valid = false;
  std::uint32_t rows = 0;
  Bits<16> codes;
  arith::QuantiseCounts counts;
  bool operator==(const PpuOutputs&) const = default;
};

class PpuTwin {
 public:
  virtual ~PpuTwin() = default;
  virtual void reset() = 0;
  // The outputs in a cycle with these inputs; ends the cycle.
  virtual PpuOutputs cycle(const PpuInputs& inputs) = 0;
};

template <class Model>
class PpuTwinOf final : public PpuTwin {
 public:
  void reset() override {
    model_.reset = 1;
    model_.in_valid = model_.out_ready = 0;
    for (int i = 0; i < 2; ++i) clock_edge(model_);
    model_.reset = 0;
  }
  PpuOutputs cycle(const PpuInputs& in) override {
    model_.in_valid = in.valid;
    model_.in_rows = static_cast<std::uint8_t>(in.rows);
    set_port(model_.in_sums, in.sums);
    model_.in_offset = static_cast<std::uint32_t>(in.offset);
    model_.out_ready = in.out_ready;
    model_.clk = 0;
    model_.eval();
    PpuOutputs out;
    out.taken = in.valid && model_.in_ready != 0;
    out.valid = model_.out_valid != 0;
    if (out.valid) {
      out.rows = model_.out_rows;
      out.codes = get_port<16>(model_.out_codes);
    }
    out.counts = {model_.count_values, model_.count_saturated, model_.count_clamped, model_.count_flushed};
    model_.clk = 1;
    model_.eval();
    return out;
  }

 private:
  VerilatedContext context_;
  Model model_{&context_, "twin"};
};

struct PpuShape {
  QuantiserParameters quantiser;
  unsigned rows = 1;
  unsigned values = 1;
  unsigned latency = 1;
  unsigned capacity = 1;
};

struct PpuSeen {
  std::uint64_t cycles = 0;
  std::uint64_t columns = 0;
  std::uint64_t held_up = 0;  // cycles in which codes waited for a place
  arith::QuantiseCounts counts;
  std::vector<bool> codes;
  std::string mismatch;
};

// Runs the unit and its twin for so many cycles, or until the first difference, with columns and free places
// at the other end that come and go at random.
PpuSeen run_ppu(const PpuShape& shape, PpuTwin& twin, std::uint64_t seed, std::uint64_t cycles);

}  // namespace lnsim::lockstep
