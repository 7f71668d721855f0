#include "models/arith/lns_switching.h"

#include <algorithm>
#include <bit>

#include "models/arith/aligned_vector.h"
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
        size_(vector_size),
        blocks_((lanes_ + kSwitchingBlock - 1) / kSwitchingBlock),
        held_(lanes, vector_size, kPackedPadding),
        a_(blocks_ * size_ * kSwitchingBlock, kPackedPadding),
        b_(rounded_up(size_), kPackedPadding),
        real_lanes_(blocks_ * kSwitchingBlock),
        codes_a_(a_.size()),
        codes_b_(b_.size()),
        products_(a_.size()),
        terms_(a_.size()),
        bin_sums_(blocks_ * ((words_.bins + 3) / 4 * 4) * kSwitchingBlock),
        sums_(lanes, accumulator_bits) {
    std::fill_n(real_lanes_.begin(), lanes_, 1);
  }

  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* before,
            const std::byte* after, SwitchingCounts& counts) override {
    if (held_.take(reinterpret_cast<const PackedLns*>(a), rows)) {
      transpose_held();
      counts[Switching::operand_a_bits] += lns_exchange(words_, a_.data(), a_.size(), codes_a_.data());
    }
    std::copy_n(reinterpret_cast<const PackedLns*>(b), size_, b_.data());
    counts[Switching::operand_b_bits] += lanes_ * lns_exchange(words_, b_.data(), b_.size(), codes_b_.data());
    const LnsToggles toggles = lns_toggles(words_, {a_.data(), b_.data(), real_lanes_.data(), blocks_, size_},
                                           {products_.data(), terms_.data(), bin_sums_.data()});
    counts[Switching::live_products] += toggles.live_products;
    counts[Switching::product_bits] += toggles.product_bits;
    counts[Switching::sign_bits] += toggles.sign_bits;
    counts[Switching::term_bits] += toggles.term_bits;
    counts[Switching::tree_bits] += toggles.tree_bits;
    sums_.beat(reinterpret_cast<const std::uint64_t*>(before), reinterpret_cast<const std::uint64_t*>(after),
               rows, counts);
  }

 private:
  static std::size_t rounded_up(std::size_t size) {
    return (size + kSwitchingBlock - 1) / kSwitchingBlock * kSwitchingBlock;
  }

  void transpose_held() {
    const PackedLns* from = held_.all().data();
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      PackedLns* const to =
          a_.data() + lane / kSwitchingBlock * size_ * kSwitchingBlock + lane % kSwitchingBlock;
      for (std::size_t i = 0; i < size_; ++i) to[i * kSwitchingBlock] = *from++;
    }
  }

  LnsWords words_;
  std::size_t lanes_;
  std::size_t size_;    // of a vector
  std::size_t blocks_;  // of lanes
  HeldRows<PackedLns> held_;
  AlignedVector<PackedLns> a_;  // held_, as LnsBeat has it
  AlignedVector<PackedLns> b_;
  AlignedVector<std::int32_t> real_lanes_;
  AlignedVector<std::int32_t> codes_a_;
  AlignedVector<std::int32_t> codes_b_;
  // Of the beat before.
  AlignedVector<std::int32_t> products_;
  AlignedVector<std::int32_t> terms_;
  AlignedVector<std::int32_t> bin_sums_;
  SumSwitching sums_;
};

}  // namespace

std::unique_ptr<SwitchingCounter> make_lns_switching(const LnsGeometry& geometry, unsigned accumulator_bits,
                                                     unsigned lanes, unsigned vector_size) {
  return std::make_unique<LnsSwitching>(geometry, accumulator_bits, lanes, vector_size);
}

}  // namespace lnsim::arith
