// Floats as exact integers of unbounded width, and back by comparison with their neighbours; operands to sum.
#pragma once

#include <array>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdint>
#include <random>

#include "models/arith/datapath.h"

namespace lnsim::arith {

using boost::multiprecision::cpp_int;

// Values in units of 2^-kUnit; products of two FP32 subnormals lowered by some octaves are whole.
inline constexpr int kUnit = 400;

inline cpp_int exact(double x, int exponent = 0) {
  int e = 0;
  const double fraction = std::frexp(x, &e);
  const auto integer = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const int shift = e - 53 + exponent + kUnit;
  const cpp_int wide = integer;
  return shift >= 0 ? cpp_int(wide << shift) : cpp_int(wide >> -shift);
}

inline cpp_int exact_product(double x, double y, int exponent = 0) {
  int ex = 0, ey = 0;
  const double fx = std::frexp(x, &ex), fy = std::frexp(y, &ey);
  const auto ix = static_cast<std::int64_t>(std::ldexp(fx, 24)),
             iy = static_cast<std::int64_t>(std::ldexp(fy, 24));
  return cpp_int(ix) * iy << (ex + ey - 48 + exponent + kUnit);
}

// The float nearest to sum, ties to the even code: the only one that is no farther than both its neighbours.
inline float nearest_float(const cpp_int& sum) {
  const cpp_int magnitude = abs(sum);
  std::uint32_t code = 0;
  for (int bit = 30; bit >= 0; --bit) {
    const std::uint32_t trial = code | (std::uint32_t{1} << bit);
    if (trial <= 0x7f7fffffu && exact(static_cast<double>(std::bit_cast<float>(trial))) <= magnitude)
      code = trial;
  }
  const double low = static_cast<double>(std::bit_cast<float>(code));
  // One code up, which for the largest is where the next binade would begin.
  const double high =
      code == 0x7f7fffffu ? std::ldexp(1.0, 128) : static_cast<double>(std::bit_cast<float>(code + 1));
  const cpp_int below = magnitude - exact(low), above = exact(high) - magnitude;
  if (above < below || (above == below && code % 2 != 0)) ++code;
  const float result = std::bit_cast<float>(code);
  return sum < 0 ? -result : result;
}

struct Family {
  DatapathKind datapath;
  FormatKind format;
  int spread;  // octaves over which random magnitudes lie
};

// Near spreads stay in 64 bits, far ones need 128 or many words.
inline constexpr std::array<Family, 8> kFamilies{{{DatapathKind::fp32, FormatKind::fp32, 4},
                                                  {DatapathKind::fp32, FormatKind::fp32, 30},
                                                  {DatapathKind::fp32, FormatKind::fp32, 140},
                                                  {DatapathKind::bf16, FormatKind::bf16, 12},
                                                  {DatapathKind::bf16, FormatKind::bf16, 140},
                                                  {DatapathKind::fp16, FormatKind::fp16, 16},
                                                  {DatapathKind::fp8_e4m3, FormatKind::fp8_e4m3, 9},
                                                  {DatapathKind::fp8_e5m2, FormatKind::fp8_e5m2, 16}}};

// A number of either sign within 2^-spread to 2^spread, now and then zero.
inline Code draw(const NumberFormat& format, int spread, std::mt19937_64& random) {
  QuantiseCounts counts;
  const int exponent = static_cast<int>(random() % static_cast<unsigned>(2 * spread)) - spread;
  const double x = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52), exponent);
  return random() % 6 == 0 ? Code{0} : format.quantise((random() & 1) != 0 ? x : -x, {}, counts);
}

}  // namespace lnsim::arith
