#include "models/arith/f32_log2.h"

#include "models/arith/log2_fixed.h"

namespace lnsim::arith {
namespace {

constexpr std::uint64_t kTwo = std::uint64_t{2} << kF32Log2InnerBits;

// Halves go up.
constexpr std::int64_t shift_rounded(std::int64_t x, int places) {
  return (x + (std::int64_t{1} << (places - 1))) >> places;
}

std::array<std::uint64_t, kF32Log2Steps> make_constants() {
  std::array<std::uint64_t, kF32Log2Steps> constants{};
  for (int k = 1; k <= kF32Log2Steps; ++k) {
    const std::int64_t log2 = log2_fixed(normalise(false, (std::uint64_t{1} << k) + 1, -k));
    constants[static_cast<std::size_t>(k - 1)] =
        static_cast<std::uint64_t>(shift_rounded(log2, kLog2FractionBits - kF32Log2InnerBits));
  }
  return constants;
}

}  // namespace

const std::array<std::uint64_t, kF32Log2Steps>& f32_log2_constants() {
  static const auto constants = make_constants();
  return constants;
}

std::int64_t f32_log2(F32 x) {
  const Normalised exact = f32_value(x);
  std::uint64_t s = exact.significand >> (63 - kF32Log2InnerBits);
  std::uint64_t taken = 0;
  const auto& constants = f32_log2_constants();
  for (unsigned k = 1; k <= kF32Log2Steps; ++k) {
    const std::uint64_t product = s + (s >> k);
    if (product >= kTwo) continue;
    s = product;
    taken += constants[k - 1];
  }
  // log2(2 - rest) = 1 - (rest / 2) / ln 2 - ...
  const std::uint64_t rest = ((kTwo - s) * kLog2E) >> 21;
  const auto fraction = static_cast<std::int64_t>(kTwo / 2 - taken - rest);
  constexpr int kDown = kF32Log2InnerBits - kF32Log2FractionBits;
  return exact.exponent * (std::int64_t{1} << kF32Log2FractionBits) + shift_rounded(fraction, kDown);
}

std::int64_t round_log2(std::int64_t log2_fixed) {
  return shift_rounded(log2_fixed, kLog2FractionBits - kF32Log2FractionBits);
}

}  // namespace lnsim::arith
