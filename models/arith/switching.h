// What switches in vector lanes from one beat to the next: the quantities of which a lane's energy is
// modelled as a linear function (sim/run/energy/switching_model.h, fitted by tools/characterise).
//
// Bits are those of the hardware's words, not of the host's. A slot that holds padding, and every slot of a
// lane without a row, holds a zero; a lane without a row adds zero to zero. Which quantities carry a lane's
// energy was found by comparing fits of its blocks with gate-level energies: adder trees follow signs and
// sums of bins, multipliers the multiples, accumulators whether there is something to add to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lnsim::arith {

enum class Switching : std::uint8_t {
  slots,           // multiplier slots of the lanes in all beats, whatever they hold
  live_products,   // of two operands that are not zero
  operand_a_bits,  // toggled bits of the held operand's codes
  operand_b_bits,  // toggled bits of the streamed operand's codes, once for each lane that sees them
  multiple_bits,   // toggled bits of the multiples of the held operand that the streamed one's radix-4 digits
                   // select (Booth); LNS: none
  product_bits,    // toggled bits of products as the multipliers give them, without a sign of their own: LNS:
                   // exponent sum; integers: the product in two's complement; floating-point numbers:
                   // exponent sum and product of the significands
  sign_bits,       // toggled signs of products, also of products with a zero; integers: none
  distance_bits,  // toggled bits of the distances by which products are shifted to be aligned; floating-point
                  // numbers only
  term_bits,      // toggled bits of the terms as they enter the adder trees: LNS: the shifted factor with its
                  // sign; floating-point numbers: the aligned product with its sign; integers: none that the
                  // products have not
  tree_bits,    // toggled bits of the adder trees' sums: LNS: of each bin; integers: none that the sums have
                // not
  sum_bits,     // toggled bits of a beat's sum over all products as it is added to the accumulator
  additions,    // of a sum that is not zero to an accumulator that is not zero
  augend_bits,  // toggled bits of a lane's accumulators as they are added to, from beat to beat: 0 where a
                // sum begins
  accumulator_bits,  // bits by which an accumulator differs behind a beat from what was added to
  count
};
inline constexpr std::size_t kSwitchingCount = static_cast<std::size_t>(Switching::count);
inline constexpr std::array<std::string_view, kSwitchingCount> kSwitchingNames{
    "slots",        "live_products", "operand_a_bits", "operand_b_bits",  "multiple_bits",
    "product_bits", "sign_bits",     "distance_bits",  "term_bits",       "tree_bits",
    "sum_bits",     "additions",     "augend_bits",    "accumulator_bits"};

struct SwitchingCounts {
  std::array<std::uint64_t, kSwitchingCount> counts{};

  std::uint64_t& operator[](Switching what) { return counts[static_cast<std::size_t>(what)]; }
  std::uint64_t operator[](Switching what) const { return counts[static_cast<std::size_t>(what)]; }
  SwitchingCounts& operator+=(const SwitchingCounts& other) {
    for (std::size_t i = 0; i < kSwitchingCount; ++i) counts[i] += other.counts[i];
    return *this;
  }
  bool operator==(const SwitchingCounts&) const = default;
};

}  // namespace lnsim::arith
