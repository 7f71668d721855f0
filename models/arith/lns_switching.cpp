#include "models/arith/lns_switching.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "models/arith/aligned_vector.h"
#include "models/arith/count_bits.h"
#include "models/arith/held_rows.h"
#include "models/arith/lns_switching_kernel.h"
#include "models/arith/sum_switching.h"

namespace lnsim::arith {
namespace {

// Of exponents of products, in two's complement where there are negative ones.
unsigned exponent_bits(const LnsGeometry& geometry) {
  const auto bits_of = [&](int octaves) {
    return static_cast<unsigned>(std::bit_width((static_cast<unsigned>(octaves) << geometry.log2_gamma) - 1));
  };
  const unsigned positive = bits_of(geometry.highest_octave + 1);
  return geometry.lowest_octave == 0 ? positive : std::max(positive, bits_of(-geometry.lowest_octave)) + 1;
}

// The upper bits of a word.
std::int32_t upper_bits(int count) {
  return static_cast<std::int32_t>(~std::uint64_t{0} << (32 - std::clamp(count, 0, 32)));
}

std::int32_t term_mask(const LnsGeometry& geometry, int factor_bits) {
  const DatapathParameters& p = geometry.parameters;
  const int term_bits = geometry.highest_octave - geometry.lowest_octave + factor_bits + 2;
  const bool truncated =
      p.accumulator == AccumulatorMode::narrow && p.truncate_at == TruncationPoint::product;
  const int bits_to_lsb = geometry.highest_octave - geometry.lsb_octave + 2;
  return upper_bits(truncated ? std::min(term_bits, bits_to_lsb) : term_bits);
}

LnsWords words_of(const LnsGeometry& geometry, unsigned vector_size) {
  const unsigned factor_bits = geometry.converter.factor_bits();
  const auto log2_bins = static_cast<unsigned>(std::countr_zero(geometry.converter.bins()));
  const unsigned low_bits = geometry.log2_gamma - log2_bins;
  const auto ones = [](unsigned count) { return static_cast<std::int32_t>((std::uint32_t{1} << count) - 1); };
  LnsWords words;
  words.exponent_mask = ones(exponent_bits(geometry)) << 2;
  words.bin_mask = ones(log2_bins) << (2 + low_bits);
  words.low_mask = factor_bits == 0 ? 0 : ones(low_bits) << 2;
  words.octave_shift = 2 + geometry.log2_gamma;
  words.highest_octave = geometry.highest_octave;
  words.low_shift = 28 - factor_bits;
  words.term_mask = term_mask(geometry, static_cast<int>(factor_bits));
  words.bin_shift = 2 + low_bits;
  words.bins = geometry.converter.bins();
  words.carry_bits = static_cast<unsigned>(std::bit_width(vector_size));
  return words;
}

class LnsSwitching final : public SwitchingCounter {
 public:
  LnsSwitching(const LnsGeometry& geometry, unsigned accumulator_bits, unsigned lanes, unsigned vector_size)
      : words_(words_of(geometry, vector_size)),
        lanes_(lanes),
        vector_size_(vector_size),
        stride_((vector_size + kSwitchingBlock - 1) / kSwitchingBlock * kSwitchingBlock),
        held_(lanes, vector_size, stride_, kPackedPadding),
        streamed_(stride_, kPackedPadding),
        codes_a_(lanes * stride_),
        codes_b_(stride_),
        products_(lanes * stride_),
        terms_(lanes * stride_),
        bin_sums_(lanes * ((words_.bins + 3) / 4 * 4)),
        new_bin_sums_(bin_sums_.size()),
        sums_(lanes, accumulator_bits) {}

  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* before,
            const std::byte* after, SwitchingCounts& counts) override {
    if (held_.take(reinterpret_cast<const PackedLns*>(a), rows))
      counts[Switching::operand_a_bits] +=
          lns_exchange(words_, held_.all().data(), codes_a_.size(), codes_a_.data());
    std::copy_n(reinterpret_cast<const PackedLns*>(b), vector_size_, streamed_.data());
    counts[Switching::operand_b_bits] +=
        lanes_ * lns_exchange(words_, streamed_.data(), stride_, codes_b_.data());
    const LnsToggles toggles =
        lns_toggles(words_, held_.all().data(), streamed_.data(), stride_, lanes_,
                    {products_.data(), terms_.data(), reinterpret_cast<std::int32_t*>(new_bin_sums_.data())});
    counts[Switching::live_products] += toggles.live_products;
    counts[Switching::product_bits] += toggles.product_bits;
    counts[Switching::sign_bits] += toggles.sign_bits;
    counts[Switching::term_bits] += toggles.term_bits;
    counts[Switching::tree_bits] +=
        count_differing_bits(bin_sums_.data(), new_bin_sums_.data(), bin_sums_.size());
    std::swap(bin_sums_, new_bin_sums_);
    sums_.beat(reinterpret_cast<const std::uint64_t*>(before), reinterpret_cast<const std::uint64_t*>(after),
               rows, counts);
  }

 private:
  LnsWords words_;
  std::size_t lanes_;
  std::size_t vector_size_;
  std::size_t stride_;  // elements of a vector, filled up
  HeldRows<PackedLns> held_;
  AlignedVector<PackedLns> streamed_;
  AlignedVector<std::int32_t> codes_a_;
  AlignedVector<std::int32_t> codes_b_;
  // Of the beat before.
  AlignedVector<std::int32_t> products_;
  AlignedVector<std::int32_t> terms_;
  AlignedVector<std::uint32_t> bin_sums_;
  AlignedVector<std::uint32_t> new_bin_sums_;
  SumSwitching sums_;
};

}  // namespace

std::unique_ptr<SwitchingCounter> make_lns_switching(const LnsGeometry& geometry, unsigned accumulator_bits,
                                                     unsigned lanes, unsigned vector_size) {
  return std::make_unique<LnsSwitching>(geometry, accumulator_bits, lanes, vector_size);
}

}  // namespace lnsim::arith
