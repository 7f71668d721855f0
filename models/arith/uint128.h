// 128-bit unsigned integers (a compiler extension that every supported compiler has) and their long product.
#pragma once

#include <bit>
#include <cstdint>

namespace lnsim::arith {

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

constexpr Uint128 uint128(std::uint64_t high, std::uint64_t low) {
  return (Uint128{high} << 64) | low;
}
constexpr std::uint64_t high64(Uint128 x) {
  return static_cast<std::uint64_t>(x >> 64);
}
constexpr std::uint64_t low64(Uint128 x) {
  return static_cast<std::uint64_t>(x);
}

constexpr int countl_zero(Uint128 x) {
  return high64(x) != 0 ? std::countl_zero(high64(x)) : 64 + std::countl_zero(low64(x));
}

// floor(a * b / 2^128).
constexpr Uint128 multiply_high(Uint128 a, Uint128 b) {
  const Uint128 low = Uint128{low64(a)} * low64(b);
  const Uint128 middle = Uint128{low64(a)} * high64(b) + high64(low);
  const Uint128 middle2 = Uint128{high64(a)} * low64(b) + low64(middle);
  return Uint128{high64(a)} * high64(b) + high64(middle) + high64(middle2);
}

}  // namespace lnsim::arith
