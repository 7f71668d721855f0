// What switches in vector lanes from one beat to the next: the quantities of which a lane's energy is
// modelled as a linear function (sim/run/energy/switching_model.h, fitted by tools/characterise).
//
// Bits are those of the hardware's words, not of the host's. A slot that holds padding, and every slot of a
// lane without a row, holds a zero.
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
  product_bits,    // toggled bits of products as the multipliers give them: LNS: sign and exponent sum;
                   // integers: the product in two's complement; floating-point numbers: sign, exponent sum
                   // and product of the significands
  term_bits,  // toggled bits of the terms as they enter the adder trees: LNS: the shifted factor with its
              // sign; integers: the product; otherwise as the datapath's own header says
  sum_bits,   // toggled bits of a beat's sum over all products as it is added to the accumulator
  accumulator_bits,  // bits by which an accumulator differs behind a beat from what it was before
  count
};
inline constexpr std::size_t kSwitchingCount = static_cast<std::size_t>(Switching::count);
inline constexpr std::array<std::string_view, kSwitchingCount> kSwitchingNames{
    "slots",        "live_products", "operand_a_bits", "operand_b_bits",
    "product_bits", "term_bits",     "sum_bits",       "accumulator_bits"};

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
