// Every parameter of the modelled machine, listed once: name, unit, range, default, meaning.
//
// Defaults follow the published processing element where a figure is known; everything marked "our choice" is
// not given by any source.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"

namespace lnsim {

struct ClockParameters {
  double frequency_ghz = 1.05;
  double tree_mm = 36.0;

  template <class Visitor>
  void describe(Visitor& v) {
    v.real("frequency_ghz", frequency_ghz, {0.001, 10.0}, "GHz",
           "Clock frequency; it turns cycles into seconds in the report, and leakage per second into leakage "
           "per cycle.");
    v.real(
        "tree_mm", tree_mm, {0.0, 100000.0}, "mm",
        "Length of all wires of the clock tree down to the PEs, for its energy (our choice: an H tree over "
        "four rows of four PEs of 2 mm x 2 mm).");
  }
};

// Sets the energy of a byte; bandwidth and latency are keys of their own.
enum class DramType : std::uint8_t { hbm2, lpddr4, ddr4, gddr5, ddr3 };
inline constexpr std::array<std::string_view, 5> kDramTypeNames{"hbm2", "lpddr4", "ddr4", "gddr5", "ddr3"};

struct DramParameters {
  std::uint32_t channels = 8;
  std::uint32_t channel_bytes_per_cycle = 32;
  std::uint32_t burst_bytes = 64;
  std::uint32_t latency_cycles = 100;
  DramType type = DramType::hbm2;

  template <class Visitor>
  void describe(Visitor& v) {
    v.choice(
        "type", type, kDramTypeNames,
        "Kind of memory: what a byte costs in energy tables that tell kinds apart, and nothing else (our "
        "choice).");
    v.integer("channels", channels, {1, 64}, "channels",
              "Independent channels; bursts are interleaved over them (our choice).");
    v.integer("channel_bytes_per_cycle", channel_bytes_per_cycle, {1, 1024}, "B/cycle",
              "Peak rate of one channel (our choice).");
    v.integer("burst_bytes", burst_bytes, {8, 4096, true}, "B",
              "Smallest transfer; a partial burst costs a whole one.");
    v.integer("latency_cycles", latency_cycles, {1, 10000}, "cycles",
              "From the request to the first byte of its burst (our choice).");
  }
};

struct DmaParameters {
  std::uint32_t outstanding_bursts = 512;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("outstanding_bursts", outstanding_bursts, {1, 65536}, "bursts",
              "Bursts in flight in each direction (our choice). A direction keeps up with the DRAM when this "
              "is at least "
              "(latency_cycles + 2) * channels * channel_bytes_per_cycle / burst_bytes.");
  }
};

struct GlobalBufferParameters {
  std::uint32_t capacity_kib = 2048;
  std::uint32_t banks = 32;
  std::uint32_t bank_bytes = 32;
  std::uint32_t ports = 1;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("capacity_kib", capacity_kib, {8, 1048576}, "KiB", "Capacity (our choice).");
    v.integer("banks", banks, {1, 64}, "banks",
              "Single-ported banks; consecutive words lie in consecutive banks (our choice).");
    v.integer("bank_bytes", bank_bytes, {1, 256, true}, "B", "Width of a bank's word (our choice).");
    v.integer("ports", ports, {1, 8}, "ports",
              "Ports of a bank's cells, for their energy; timing is that of one port (our choice).");
  }
};

struct BusParameters {
  std::uint32_t operand_bytes_per_cycle = 256;
  std::uint32_t return_bytes_per_cycle = 128;
  std::uint32_t latency_cycles = 2;
  bool multicast = true;
  double operand_mm = 8.0;
  double return_mm = 8.0;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("operand_bytes_per_cycle", operand_bytes_per_cycle, {1, 2048}, "B/cycle",
              "Global buffer to PEs, shared by all (our choice).");
    v.integer("return_bytes_per_cycle", return_bytes_per_cycle, {1, 2048}, "B/cycle",
              "PEs to global buffer, shared by all (our choice).");
    v.integer("latency_cycles", latency_cycles, {1, 1000}, "cycles",
              "Wire delay of either direction (our choice).");
    v.boolean("multicast", multicast,
              "One transfer reaches every PE that needs it; otherwise one transfer per PE.");
    v.real("operand_mm", operand_mm, {0.0, 1000.0}, "mm",
           "Wire that a byte to the PEs drives, for its energy (our choice: the side of four rows of four "
           "PEs of "
           "2 mm x 2 mm).");
    v.real("return_mm", return_mm, {0.0, 1000.0}, "mm",
           "Wire that a byte from a PE drives, for its energy (our choice: as operand_mm).");
  }
};

struct BufferParameters {
  std::uint32_t capacity_bytes = 8192;
  std::uint32_t read_bytes_per_cycle = 64;
  std::uint32_t banks = 2;
  std::uint32_t ports = 1;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("capacity_bytes", capacity_bytes, {64, 1 << 28}, "B",
              "Capacity; half of it is filled while the other half is read.");
    v.integer("read_bytes_per_cycle", read_bytes_per_cycle, {1, 65536}, "B/cycle", "Read port (our choice).");
    v.integer(
        "banks", banks, {1, 64}, "banks",
        "Memories that share the capacity, each with the whole width, for their energy (our choice: the half "
        "that is read and the half that is filled).");
    v.integer("ports", ports, {1, 8}, "ports", "Ports of their cells, for their energy (our choice).");
  }
};

struct PpuParameters {
  std::uint32_t values_per_cycle = 32;
  std::uint32_t latency_cycles = 4;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("values_per_cycle", values_per_cycle, {1, 1024}, "values/cycle",
              "Sums scaled and quantised per cycle (our choice).");
    v.integer("latency_cycles", latency_cycles, {1, 100}, "cycles",
              "From the collector to the PE's output port (our choice).");
  }
};

struct VectorUnitParameters {
  std::uint32_t operations_per_cycle = 32;
  std::uint32_t latency_cycles = 4;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("operations_per_cycle", operations_per_cycle, {1, 4096}, "operations/cycle",
              "Elementary operations on elements per cycle and PE (our choice).");
    v.integer("latency_cycles", latency_cycles, {1, 100}, "cycles", "Depth of its pipeline (our choice).");
  }
};

// How a vector of vector_size operands may be cut from a contraction over channels and filter taps.
enum class Packing : std::uint8_t {
  channel,  // all elements of a vector share a tap
  flat      // vectors run on across taps
};
inline constexpr std::array<std::string_view, 2> kPackingNames{"channel", "flat"};

// What a zero operand does to the multiplier slot that it meets.
enum class ZeroGating : std::uint8_t { off, slot };
inline constexpr std::array<std::string_view, 2> kZeroGatingNames{"off", "slot"};

struct PeParameters {
  std::uint32_t count = 16;
  std::uint32_t lanes = 32;
  std::uint32_t vector_size = 32;
  std::uint32_t collector_entries = 16;
  Packing packing = Packing::channel;
  ZeroGating zero_gating = ZeroGating::off;
  BufferParameters buffer_a{131072, 64};
  BufferParameters buffer_b{8192, 32};
  PpuParameters ppu;
  VectorUnitParameters vector_unit;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("count", count, {1, 4096}, "PEs", "Processing elements (our choice).");
    v.integer("lanes", lanes, {1, 1024}, "lanes", "Dot products side by side in a PE.");
    v.integer("vector_size", vector_size, {1, 1024}, "elements", "Products per lane and cycle.");
    v.integer("collector_entries", collector_entries, {1, 1024}, "entries",
              "Accumulators per lane; an A vector is held for so many B vectors.");
    v.choice("packing", packing, kPackingNames,
             "Whether one vector may hold operands of several filter taps (our choice: it may not).");
    v.choice(
        "zero_gating", zero_gating, kZeroGatingNames,
        "slot: a zero operand holds the registers of its multiplier slot, which then takes the energy of "
        "an idle one; for recorded operands. Cycles are the same (our choice: off).");
    v.section("buffer_a", buffer_a, "Stationary operand.");
    v.section("buffer_b", buffer_b, "Streamed operand.");
    v.section("ppu", ppu, "Post-processing unit.");
    v.section("vector_unit", vector_unit, "Element-wise and normalisation work.");
  }
};

struct WeightUpdateParameters {
  std::uint32_t count = 4;
  std::uint32_t lanes = 16;
  std::uint32_t latency_cycles = 12;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("count", count, {1, 256}, "units",
              "Weight-update units beside the global buffer (our choice).");
    v.integer("lanes", lanes, {1, 1024}, "lanes", "Parameters per cycle and unit (our choice).");
    v.integer("latency_cycles", latency_cycles, {1, 200}, "cycles", "Depth of their pipeline (our choice).");
  }
};

struct ControlParameters {
  std::uint32_t queue_depth = 32;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer(
        "queue_depth", queue_depth, {2, 4096}, "commands",
        "Commands a unit's queue holds; the controller issues one command per cycle, in order (our choice).");
  }
};

// The format of each kind of tensor.
struct FormatsParameters {
  arith::FormatParameters weight;
  arith::FormatParameters activation;
  arith::FormatParameters error;
  arith::FormatParameters gradient;
  arith::FormatParameters update{.bits = 16, .gamma = 2048};
  arith::FormatParameters moment{.kind = arith::FormatKind::fp32};

  template <class Visitor>
  void describe(Visitor& v) {
    v.section("weight", weight, "W: weights as the datapath reads them, rounded from the stored ones.");
    v.section("activation", activation, "A: activations.");
    v.section("error", error, "E: activation gradients.");
    v.section("gradient", gradient, "G: weight gradients.");
    v.section("update", update, "U: the stored weights, the only copy.");
    v.section("moment", moment, "Optimizer state.");
  }
};

enum class OptimizerKind : std::uint8_t { madam, sgd, adam };
inline constexpr std::array<std::string_view, 3> kOptimizerKindNames{"madam", "sgd", "adam"};

struct OptimizerParameters {
  OptimizerKind kind = OptimizerKind::madam;
  double learning_rate = 0.0078125;
  double beta = 0.999;
  double momentum = 0.9;
  double epsilon = 1e-8;
  double gradient_bound = 10.0;

  template <class Visitor>
  void describe(Visitor& v) {
    v.choice("kind", kind, kOptimizerKindNames, "Rule of the weight-update units.");
    v.real("learning_rate", learning_rate, {1e-12, 100.0}, "",
           "Step size; a trace's own value wins when it has one.");
    v.when(kind != OptimizerKind::sgd, "kind: madam or adam", [&] {
      v.real("beta", beta, {0.0, 0.9999999}, "", "Decay of the second moment.");
    });
    v.when(kind != OptimizerKind::madam, "kind: sgd or adam", [&] {
      v.real("momentum", momentum, {0.0, 0.9999999}, "", "Decay of the first moment.");
    });
    v.when(kind == OptimizerKind::adam, "kind: adam", [&] {
      v.real("epsilon", epsilon, {0.0, 1.0}, "", "Added to the denominator.");
    });
    v.when(kind == OptimizerKind::madam, "kind: madam", [&] {
      v.real("gradient_bound", gradient_bound, {1.0, 1000.0}, "", "Clamp of the normalised gradient.");
    });
  }
};

struct AcceleratorParameters {
  std::string name = "unnamed";
  ClockParameters clock;
  DramParameters dram;
  DmaParameters dma;
  GlobalBufferParameters global_buffer;
  BusParameters bus;
  PeParameters pe;
  WeightUpdateParameters weight_update;
  ControlParameters control;
  arith::DatapathParameters datapath;
  FormatsParameters formats;
  OptimizerParameters optimizer;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("name", name, "Name in reports.");
    v.section("clock", clock, "Clock.");
    v.section("dram", dram, "Off-chip memory.");
    v.section("dma", dma, "Moves data between DRAM and the global buffer.");
    v.section("global_buffer", global_buffer, "On-chip memory shared by all PEs.");
    v.section("bus", bus, "Operand bus and return bus between the global buffer and the PEs.");
    v.section("pe", pe, "Processing elements.");
    v.section("weight_update", weight_update, "Weight-update units.");
    v.section("control", control, "Controller.");
    v.section("datapath", datapath, "Arithmetic of the vector lanes.");
    v.section("formats", formats, "Number formats by tensor kind.");
    v.section("optimizer", optimizer, "Weight-update rule.");
  }
};

}  // namespace lnsim
