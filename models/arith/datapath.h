// The arithmetic of a vector multiply-accumulate lane, bit by bit and without time: what one beat does to one
// lane's accumulators. Time is added by models/compute. One implementation per family of number formats.
//
// The hot path works on packed operands: codes are packed once when a tile arrives in a PE buffer, and are
// then read many times. A virtual call is made per beat and PE, never per product.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/arith/number_format.h"

namespace lnsim::arith {

enum class DatapathKind : std::uint8_t { lns, fp32, fp16, bf16, fp8_e4m3, fp8_e5m2, int8 };
inline constexpr std::array<std::string_view, 7> kDatapathKindNames{"lns",      "fp32",     "fp16", "bf16",
                                                                    "fp8_e4m3", "fp8_e5m2", "int8"};

// Where an LNS datapath drops the bits below the accumulator's least significant bit.
enum class TruncationPoint : std::uint8_t {
  product,   // each shifted product, before its bin's adder tree (constant multiply after the tree adds no
             // bits below)
  bin,       // each bin's sum, before its constant multiply
  constant,  // each bin's sum times its constant
  vector     // the sum over all bins, as it is added to the accumulator
};
inline constexpr std::array<std::string_view, 4> kTruncationPointNames{"product", "bin", "constant",
                                                                       "vector"};

enum class TruncationRule : std::uint8_t { floor, toward_zero, nearest_even };
inline constexpr std::array<std::string_view, 3> kTruncationRuleNames{"floor", "toward_zero", "nearest_even"};

enum class Overflow : std::uint8_t { saturate, wrap };
inline constexpr std::array<std::string_view, 2> kOverflowNames{"saturate", "wrap"};

enum class AccumulatorMode : std::uint8_t { narrow, exact };
inline constexpr std::array<std::string_view, 2> kAccumulatorModeNames{"narrow", "exact"};

// How a floating-point lane sums: all products of a beat and the accumulator exactly with one rounding, or
// one rounding per addition, in element order, or the products cut to as many bits as an adder tree has, with
// one rounding.
enum class FloatAccumulation : std::uint8_t { fused, per_step, aligned };
inline constexpr std::array<std::string_view, 3> kFloatAccumulationNames{"fused", "per_step", "aligned"};

// Midpoints at which the post-processing unit rounds a linear sum to a logarithmic code: halfway between the
// two neighbouring values (patent claim 8), or their geometric mean (our alternative).
enum class Midpoint : std::uint8_t { linear, geometric };
inline constexpr std::array<std::string_view, 2> kMidpointNames{"linear", "geometric"};

struct DatapathParameters {
  DatapathKind kind = DatapathKind::lns;
  unsigned table_entries = 8;
  unsigned constant_bits = 8;
  unsigned pipeline_stages = 5;
  AccumulatorMode accumulator = AccumulatorMode::narrow;
  unsigned accumulator_bits = 24;
  int lsb_octaves = 19;
  TruncationPoint truncate_at = TruncationPoint::vector;
  TruncationRule truncation = TruncationRule::floor;
  Overflow overflow = Overflow::saturate;
  FloatAccumulation float_accumulation = FloatAccumulation::per_step;
  unsigned alignment_bits = 27;
  Midpoint midpoint = Midpoint::linear;
  unsigned quantiser_bits = 9;

  template <class Visitor>
  void describe(Visitor& v) {
    v.choice("kind", kind, kDatapathKindNames,
             "Multiply-accumulate datapath; operand formats must be of its family.");
    v.integer("pipeline_stages", pipeline_stages, {1, 32}, "cycles",
              "Cycles from the operand registers to the accumulator (our choice: exponent add, conversion, "
              "adder tree, "
              "constant multiply, accumulate).");
    v.when(kind == DatapathKind::lns, "kind: lns", [&] {
      v.integer("table_entries", table_entries, {1, 2048, true}, "",
                "Entries of the log-to-linear table: 1 is pure Mitchell, gamma is exact, between is hybrid.");
      v.integer("constant_bits", constant_bits, {1, 24}, "bit", "Fraction bits of the remainder constants.");
      v.choice("truncate_at", truncate_at, kTruncationPointNames,
               "Where bits below the accumulator's LSB are dropped.");
      v.choice("truncation", truncation, kTruncationRuleNames, "How they are dropped.");
      v.integer("lsb_octaves", lsb_octaves, {0, 8192}, "octaves",
                "Weight of the accumulator's LSB: so many octaves below the smallest power of two that is "
                "not less than "
                "the largest product of the two operand formats.");
      v.choice("midpoint", midpoint, kMidpointNames, "Midpoints of the linear-to-log quantiser.");
      v.integer(
          "quantiser_bits", quantiser_bits, {2, 24}, "bit",
          "Bits of the normalised sum (leading one included) that the linear-to-log quantiser looks at.");
    });
    v.when(kind != DatapathKind::lns && kind != DatapathKind::int8, "kind: a floating-point format", [&] {
      v.choice(
          "float_accumulation", float_accumulation, kFloatAccumulationNames,
          "One rounding per beat, or one per addition, or the products of a beat aligned to the largest, cut "
          "and summed before the one rounding. The accumulator is FP32.");
    });
    v.when(float_accumulation == FloatAccumulation::aligned, "float_accumulation: aligned", [&] {
      v.integer(
          "alignment_bits", alignment_bits, {8, 48}, "bit",
          "Bits kept of each product of a beat, counted from the leading one of the largest; what lies below "
          "is dropped (our choice: the 24 of FP32 and three guard bits).");
    });
    v.when(kind == DatapathKind::lns || kind == DatapathKind::int8, "kind: lns or int8", [&] {
      v.choice("accumulator", accumulator, kAccumulatorModeNames,
               "Narrow as built, or wide enough to be exact.");
      v.integer("accumulator_bits", accumulator_bits, {8, 62}, "bit",
                "Width of the narrow accumulator, with sign.");
      v.choice("overflow", overflow, kOverflowNames,
               "What the narrow accumulator does when a sum does not fit.");
    });
  }
};

// What the arithmetic lost, per dot product work. Products with a padding element are not counted anywhere.
struct DotCounts {
  std::uint64_t products = 0;        // of two real operands
  std::uint64_t zero_products = 0;   // of which one operand was zero
  std::uint64_t lost_products = 0;   // non-zero, smaller than the accumulator's LSB
  std::uint64_t truncated_sums = 0;  // sums that lost non-zero bits at the truncation point
  std::uint64_t saturations = 0;     // accumulations that saturated or wrapped
  DotCounts& operator+=(const DotCounts& o) {
    products += o.products;
    zero_products += o.zero_products;
    lost_products += o.lost_products;
    truncated_sums += o.truncated_sums;
    saturations += o.saturations;
    return *this;
  }
  bool operator==(const DotCounts&) const = default;
};

class SwitchingCounter;  // models/arith/switching_counter.h

class Datapath {
 public:
  virtual ~Datapath() = default;

  virtual const DatapathParameters& parameters() const = 0;
  // Hardware width of an accumulator, which is what a spilled partial sum costs in traffic.
  virtual unsigned accumulator_bits() const = 0;

  // Host representation, opaque to everyone else.
  virtual std::size_t packed_bytes() const = 0;  // of one operand element; arrays of them are aligned to 64
  virtual std::size_t accumulator_bytes() const = 0;  // of one accumulator; arrays of them are aligned to 64

  // Packs codes of the A (B) operand. scale_offset, in units of the format's scale grid and <= 0, lowers the
  // elements' scale below the tensor's (scales per channel or per vector).
  virtual void pack_a(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const = 0;
  virtual void pack_b(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const = 0;
  // `count` padding elements: products with them contribute and count nothing.
  virtual void pack_padding(std::size_t count, std::byte* packed) const = 0;

  virtual void clear(std::byte* accumulators, std::size_t count) const = 0;

  // One beat of one PE: lane l multiplies its held vector a + l * vector_size elements by the broadcast
  // vector b and adds the dot product to accumulator l. Lanes are rows of A; `lanes` of them work.
  virtual void beat(const std::byte* a, const std::byte* b, unsigned vector_size, unsigned lanes,
                    std::byte* accumulators, DotCounts& counts) const = 0;

  // The exact value of an accumulator for operands of scale 1, rounded once to double.
  virtual double value(const std::byte* accumulator) const = 0;

  // Post-processing: the code of `accumulator * scale(a) * scale(b)` in the output format at the output
  // scale. LNS datapath to LNS output: integer linear-to-log quantiser with the configured midpoints and
  // width.
  virtual Code emit(const std::byte* accumulator, Scale scale_a, Scale scale_b, const NumberFormat& output,
                    Scale output_scale, QuantiseCounts& counts) const = 0;

  // What LaneSwitching (models/arith/lane_switching.h) counts with; the datapath must outlive it.
  virtual std::unique_ptr<SwitchingCounter> switching_counter(unsigned lanes, unsigned vector_size) const = 0;
};

// The datapath for one pair of operand formats; both must outlive it. Throws std::invalid_argument when a
// format is not of the datapath's family.
std::unique_ptr<const Datapath> make_datapath(const DatapathParameters& parameters, const NumberFormat& a,
                                              const NumberFormat& b);

}  // namespace lnsim::arith
