#include "models/arith/integer_switching.h"

#include <vector>

#include "models/arith/booth_multiples.h"
#include "models/arith/count_bits.h"
#include "models/arith/held_rows.h"
#include "models/arith/sum_switching.h"

namespace lnsim::arith {
namespace {

std::uint32_t mask_of(unsigned bits) {
  return ~std::uint32_t{0} >> (32 - bits);
}

class IntegerSwitching final : public SwitchingCounter {
 public:
  IntegerSwitching(const IntegerLanes& widths, unsigned lanes, unsigned vector_size)
      : widths_(widths),
        lanes_(lanes),
        size_(vector_size),
        held_(lanes, vector_size, vector_size, widths.padding),
        a_(lanes * size_),
        b_(size_),
        toggled_(lanes * size_),
        products_(lanes * size_),
        multiples_({widths.a_bits, widths.b_bits, true}, lanes, vector_size),
        sums_(lanes, widths.accumulator_bits) {}

  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* accumulators_before,
            const std::byte* accumulators_after, SwitchingCounts& counts) override {
    if (held_.take(reinterpret_cast<const std::int16_t*>(a), rows)) {
      counts[Switching::operand_a_bits] += exchange(held_.all().data(), a_, mask_of(widths_.a_bits));
      for (std::size_t at = 0; at < a_.size(); ++at)
        multiples_.set_factor(at / size_, at % size_, static_cast<std::uint32_t>(a_[at]));
    }
    counts[Switching::operand_b_bits] +=
        lanes_ * exchange(reinterpret_cast<const std::int16_t*>(b), b_, mask_of(widths_.b_bits));
    for (std::size_t i = 0; i < size_; ++i) multiples_.set_digits(i, static_cast<std::uint32_t>(b_[i]));
    counts[Switching::multiple_bits] += multiples_.toggled_bits();
    count_products(counts);
    sums_.beat(reinterpret_cast<const std::uint64_t*>(accumulators_before),
               reinterpret_cast<const std::uint64_t*>(accumulators_after), rows, counts);
  }

 private:
  // Puts operands in place of those before; how many bits of their codes differ.
  std::uint64_t exchange(const std::int16_t* operands, std::vector<std::int16_t>& values,
                         std::uint32_t mask) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto next = static_cast<std::int16_t>(operands[i] == widths_.padding ? 0 : operands[i]);
      toggled_[i] = static_cast<std::uint32_t>(values[i] ^ next) & mask;
      values[i] = next;
    }
    return count_bits(toggled_.data(), values.size());
  }

  void count_products(SwitchingCounts& counts) {
    const std::uint32_t mask = mask_of(widths_.a_bits + widths_.b_bits);
    std::uint32_t live = 0;
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      const std::int16_t* const a = a_.data() + lane * size_;
      std::uint32_t* const toggled = toggled_.data() + lane * size_;
      std::int32_t* const products = products_.data() + lane * size_;
      for (std::size_t i = 0; i < size_; ++i) {
        const std::int32_t product = std::int32_t{a[i]} * b_[i];
        live += product != 0 ? 1 : 0;
        toggled[i] = static_cast<std::uint32_t>(product ^ products[i]) & mask;
        products[i] = product;
      }
    }
    counts[Switching::live_products] += live;
    counts[Switching::product_bits] += count_bits(toggled_.data(), toggled_.size());
  }

  IntegerLanes widths_;
  std::size_t lanes_;
  std::size_t size_;  // of a vector
  HeldRows<std::int16_t> held_;
  std::vector<std::int16_t> a_;
  std::vector<std::int16_t> b_;
  std::vector<std::uint32_t> toggled_;
  std::vector<std::int32_t> products_;  // of the beat before
  BoothMultiples multiples_;
  SumSwitching sums_;
};

}  // namespace

std::unique_ptr<SwitchingCounter> make_integer_switching(const IntegerLanes& widths, unsigned lanes,
                                                         unsigned vector_size) {
  return std::make_unique<IntegerSwitching>(widths, lanes, vector_size);
}

}  // namespace lnsim::arith
