// Number formats on integer codes: one interface for LNS, minifloats and scaled integers.
//
// A value is decode(code) * 2^(scale.k / scale_grid()). Arithmetic is on integers; `double` appears only as
// the carrier of a tensor element on its way in (read exactly, bit by bit) and of a value on its way into a
// report.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lnsim::arith {

// A value as stored by the hardware, right-aligned in 32 bits. The layout of each format stands in its
// header.
using Code = std::uint32_t;

// A scale factor 2^(k / scale_grid). LNS: the grid is gamma, so any grid point, or multiples of gamma for
// power-of-two scales. Minifloats: powers of two. Integers: see IntegerFormat.
struct Scale {
  std::int32_t k = 0;
  bool operator==(const Scale&) const = default;
};

enum class FormatKind : std::uint8_t { lns, integer, fp8_e4m3, fp8_e5m2, bf16, fp16, fp32, minifloat };
inline constexpr std::array<std::string_view, 8> kFormatKindNames{"lns",  "int",  "fp8_e4m3", "fp8_e5m2",
                                                                  "bf16", "fp16", "fp32",     "minifloat"};

// How zero is stored in LNS (our choice; the published formula has no zero).
enum class ZeroCode : std::uint8_t {
  none,      // the formula: zero becomes the smallest magnitude
  reserved,  // the code "negative, exponent 0" means zero; the smallest negative magnitude is exponent 1
  flag       // one more stored bit marks zero; every sign and exponent stays usable
};
inline constexpr std::array<std::string_view, 3> kZeroCodeNames{"none", "reserved", "flag"};

enum class Underflow : std::uint8_t { clamp, flush };
inline constexpr std::array<std::string_view, 2> kUnderflowNames{"clamp", "flush"};

enum class Rounding : std::uint8_t { nearest, stochastic };
inline constexpr std::array<std::string_view, 2> kRoundingNames{"nearest", "stochastic"};

enum class ScaleGranularity : std::uint8_t { tensor, channel, vector };
inline constexpr std::array<std::string_view, 3> kScaleGranularityNames{"tensor", "channel", "vector"};

enum class ScaleKind : std::uint8_t { grid, power_of_two };
inline constexpr std::array<std::string_view, 2> kScaleKindNames{"grid", "power_of_two"};

// One tensor kind's format as a run config writes it.
struct FormatParameters {
  FormatKind kind = FormatKind::lns;
  unsigned bits = 8;
  unsigned gamma = 8;
  unsigned exponent_bits = 4;
  unsigned mantissa_bits = 3;
  ZeroCode zero = ZeroCode::reserved;
  Underflow underflow = Underflow::clamp;
  ScaleKind scale = ScaleKind::grid;
  Rounding rounding = Rounding::nearest;
  ScaleGranularity granularity = ScaleGranularity::tensor;

  bool operator==(const FormatParameters&) const = default;

  template <class Visitor>
  void describe(Visitor& v) {
    v.choice("kind", kind, kFormatKindNames, "Number format.");
    v.when(kind == FormatKind::lns, "kind: lns", [&] {
      v.integer("bits", bits, {2, 16}, "bit", "Stored width: one sign bit and bits-1 exponent bits.");
      v.integer("gamma", gamma, {1, 2048, true}, "", "Base factor: the base is 2^(1/gamma).");
      v.choice("zero", zero, kZeroCodeNames, "How exact zero is stored.");
      v.choice("underflow", underflow, kUnderflowNames,
               "What becomes of magnitudes below the smallest code: the smallest code, or zero.");
      v.choice("scale", scale, kScaleKindNames,
               "Scales on the format's own log grid, or powers of two only.");
    });
    v.when(kind == FormatKind::integer, "kind: int", [&] {
      v.integer("bits", bits, {2, 16}, "bit", "Stored width, two's complement, symmetric range.");
    });
    v.when(kind == FormatKind::minifloat, "kind: minifloat", [&] {
      v.integer("exponent_bits", exponent_bits, {2, 8}, "bit", "Width of the exponent field.");
      v.integer("mantissa_bits", mantissa_bits, {0, 23}, "bit", "Width of the fraction field.");
    });
    v.choice("rounding", rounding, kRoundingNames, "Rounding of the quantiser.");
    v.choice(
        "granularity", granularity, kScaleGranularityNames,
        "What shares one scale: a tensor, an output channel (row), or a vector of vector_size elements.");
  }
};

// What a quantiser lost. Never silent: every report carries these.
struct QuantiseCounts {
  std::uint64_t values = 0;
  std::uint64_t saturated = 0;          // above the largest code
  std::uint64_t underflow_clamped = 0;  // non-zero, below the smallest code, clamped up to it
  std::uint64_t underflow_flushed = 0;  // non-zero, below the smallest code, flushed to zero
  QuantiseCounts& operator+=(const QuantiseCounts& o) {
    values += o.values;
    saturated += o.saturated;
    underflow_clamped += o.underflow_clamped;
    underflow_flushed += o.underflow_flushed;
    return *this;
  }
  bool operator==(const QuantiseCounts&) const = default;
};

// A field of a code for a reader's eyes (`lnsim number`).
struct CodeField {
  std::string name;
  std::string bits;
  std::string meaning;
};

class NumberFormat {
 public:
  virtual ~NumberFormat() = default;

  virtual const FormatParameters& parameters() const = 0;
  // For example `lns8g8`, `fp8_e4m3`, `int8`.
  virtual std::string name() const = 0;
  // Bits that memory and wires carry per value (ZeroCode::flag adds one).
  virtual unsigned storage_bits() const = 0;
  virtual Code zero_code() const = 0;
  virtual bool is_valid(
      Code code) const = 0;  // every code the quantiser can return, and infinities and NaNs of floats
  virtual int scale_grid() const = 0;

  // The scale at which a group whose largest magnitude is max_magnitude (finite, >= 0) maps onto the top
  // code.
  virtual Scale scale_for(double max_magnitude) const = 0;

  // Nearest rounding (LNS: nearest in the log domain, ties cannot occur; others: half to even). x is finite.
  virtual Code quantise(double x, Scale scale, QuantiseCounts& counts) const = 0;
  // Stochastic rounding driven by an explicit uniform 32-bit word; 0 rounds down, all ones rounds up almost
  // surely.
  virtual Code quantise_stochastic(double x, Scale scale, std::uint32_t random,
                                   QuantiseCounts& counts) const = 0;

  // The value of a code, correctly rounded to double. Infinity and NaN codes give infinities and NaNs.
  virtual double value(Code code, Scale scale) const = 0;

  // Largest relative error of `quantise` inside the range (for example 2^(1/(2 gamma)) - 1 for LNS).
  virtual double relative_error_bound() const = 0;

  virtual std::vector<CodeField> fields(Code code) const = 0;
  // The next code towards larger (or smaller) value, or the code itself at the end of the range.
  virtual Code next_up(Code code) const = 0;
  virtual Code next_down(Code code) const = 0;
};

// Throws std::invalid_argument for parameters outside the ranges of FormatParameters::describe.
std::unique_ptr<const NumberFormat> make_format(const FormatParameters& parameters);

}  // namespace lnsim::arith
