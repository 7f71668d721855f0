#include "models/arith/lns_switching_kernel.h"

#define HWY_WANT_AVX3_DL  // the instruction set that counts bits in vectors
// Vectors whose size is unknown at compile time cannot be members of the classes below.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/lns_switching_kernel.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<std::int32_t>;
using V = hn::Vec<D>;

// Set bits, one count per vector element; enough for the 2^20 products of a beat.
class BitCounter {
 public:
  HWY_INLINE BitCounter() : total_(hn::Zero(Unsigned())) {}
  HWY_INLINE void add(V x) { total_ = hn::Add(total_, hn::PopulationCount(hn::BitCast(Unsigned(), x))); }
  // Of words of which bit 0 alone may be set.
  HWY_INLINE void add_ones(V x) { total_ = hn::Add(total_, hn::BitCast(Unsigned(), x)); }
  HWY_INLINE std::uint64_t total() const { return hn::GetLane(hn::SumOfLanes(Unsigned(), total_)); }

 private:
  using Unsigned = hn::ScalableTag<std::uint32_t>;
  hn::Vec<Unsigned> total_;
};

// Packed sums as magnitudes of terms, 0 unless `real`.
template <bool kExactTable>
class Magnitudes {
 public:
  HWY_INLINE explicit Magnitudes(const LnsWords& words)
      : octave_shift_(static_cast<int>(words.octave_shift)),
        low_shift_(static_cast<int>(words.low_shift)),
        highest_octave_(hn::Set(D(), words.highest_octave)),
        low_mask_(hn::Set(D(), words.low_mask)) {}

  HWY_INLINE V operator()(V s, hn::Mask<D> real) const {
    const D d;
    V factor = hn::Set(d, std::int32_t{1} << 30);
    if constexpr (!kExactTable) factor = hn::Or(factor, hn::ShiftLeftSame(hn::And(s, low_mask_), low_shift_));
    const V below_top = hn::Sub(highest_octave_, hn::ShiftRightSame(s, octave_shift_));
    return hn::IfThenElseZero(real, hn::Shr(factor, hn::Min(below_top, hn::Set(d, 31))));
  }

 private:
  int octave_shift_;
  int low_shift_;
  V highest_octave_;
  V low_mask_;
};

// The terms of some lanes with their signs, element by element, and the sums of their bins.
class Bins {
 public:
  HWY_INLINE explicit Bins(const LnsWords& words)
      : count_(words.bins),
        shift_(static_cast<int>(words.bin_shift)),
        mask_(hn::Set(D(), static_cast<std::int32_t>(words.bins - 1))) {}

  HWY_INLINE void put(std::size_t i, V s, V term) {
    const D d;
    hn::Store(hn::And(hn::ShiftRightSame(s, shift_), mask_), d, bin_ + i * hn::Lanes(d));
    hn::Store(term, d, term_ + i * hn::Lanes(d));
  }
  // Puts the sums over `size` elements in place of those before; toggled: counts the bits that differ.
  HWY_INLINE void exchange(std::size_t size, std::int32_t* HWY_RESTRICT sums, BitCounter& toggled) const {
    const D d;
    for (unsigned bin = 0; bin < count_; bin += 4) {
      V total[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
      const V first = hn::Set(d, static_cast<std::int32_t>(bin));
      for (std::size_t i = 0; i < size; ++i) {
        const V here = hn::Sub(hn::Load(d, bin_ + i * hn::Lanes(d)), first);
        const V term = hn::Load(d, term_ + i * hn::Lanes(d));
        for (std::int32_t k = 0; k < 4; ++k)
          total[k] = hn::Add(total[k], hn::IfThenElseZero(hn::Eq(here, hn::Set(d, k)), term));
      }
      for (std::size_t k = 0; k < 4; ++k) {
        std::int32_t* const held = sums + (bin + k) * kSwitchingBlock;
        toggled.add(hn::Xor(total[k], hn::Load(d, held)));
        hn::Store(total[k], d, held);
      }
    }
  }

 private:
  unsigned count_;
  int shift_;
  V mask_;
  HWY_ALIGN std::int32_t bin_[kLongestVector * hn::MaxLanes(D())];
  HWY_ALIGN std::int32_t term_[kLongestVector * hn::MaxLanes(D())];
};

template <bool kExactTable>
HWY_NOINLINE LnsToggles count_toggles(const LnsWords& words, const LnsBeat& beat, const LnsHeldWords& held) {
  const D d;
  const Magnitudes<kExactTable> magnitude_of(words);
  Bins bins(words);
  const std::size_t bins_in_fours = (words.bins + 3) / 4 * 4;
  const V exponent_mask = hn::Set(d, words.exponent_mask), bin_mask = hn::Set(d, words.bin_mask);
  const V term_mask = hn::Set(d, words.term_mask);
  const auto carry_bits = static_cast<int>(words.carry_bits);
  BitCounter live, product_bits, sign_bits, term_bits, moved_bits, tree_bits;
  for (std::size_t first = 0; first < beat.blocks * kSwitchingBlock; first += hn::Lanes(d)) {
    const std::size_t block = first / kSwitchingBlock, within = first % kSwitchingBlock;
    const V real_lanes = hn::Load(d, beat.real_lanes + first);
    for (std::size_t i = 0; i < beat.size; ++i) {
      const std::size_t at = (block * beat.size + i) * kSwitchingBlock + within;
      const V s = hn::Add(hn::Load(d, beat.a + at), hn::Set(d, beat.b[i]));
      const auto real = hn::Gt(s, hn::Set(d, kProductFloor - 1));
      live.add_ones(hn::IfThenElseZero(real, real_lanes));
      const V sign = hn::And(s, real_lanes);
      const V product = hn::Or(hn::IfThenElseZero(real, hn::And(s, exponent_mask)), sign);
      const V negative = hn::IfThenElseZero(real, hn::Sub(hn::Zero(d), sign));
      const V magnitude = hn::And(magnitude_of(s, real), term_mask);
      const V term = hn::Xor(magnitude, hn::And(negative, term_mask));
      const V summand = hn::ShiftRightSame(magnitude, carry_bits);
      bins.put(i, s, hn::Sub(hn::Xor(summand, negative), negative));

      const V changed = hn::Xor(product, hn::Load(d, held.products + at));
      const V term_before = hn::Load(d, held.terms + at);
      hn::Store(product, d, held.products + at);
      hn::Store(term, d, held.terms + at);
      product_bits.add(hn::And(changed, exponent_mask));
      sign_bits.add_ones(hn::And(changed, real_lanes));
      term_bits.add(hn::Xor(term, term_before));
      // A term that moves to another bin's tree falls in one and rises in the other: bits that are set before
      // and behind toggle twice.
      const auto moves = hn::Ne(hn::And(changed, bin_mask), hn::Zero(d));
      moved_bits.add(hn::IfThenElseZero(moves, hn::And(term, term_before)));
    }
    bins.exchange(beat.size, held.bin_sums + block * bins_in_fours * kSwitchingBlock + within, tree_bits);
  }
  return {live.total(), product_bits.total(), sign_bits.total(), term_bits.total() + 2 * moved_bits.total(),
          tree_bits.total()};
}

LnsToggles run_toggles(const LnsWords& words, const LnsBeat& beat, const LnsHeldWords& held) {
  return words.low_mask == 0 ? count_toggles<true>(words, beat, held)
                             : count_toggles<false>(words, beat, held);
}

std::uint64_t run_exchange(const LnsWords& words, const PackedLns* HWY_RESTRICT operands, std::size_t size,
                           std::int32_t* HWY_RESTRICT codes) {
  const D d;
  BitCounter bits;
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
    const V operand = hn::Load(d, operands + i);
    const auto real = hn::Gt(operand, hn::Set(d, kProductFloor - 1));
    const V code = hn::IfThenElseZero(real, hn::And(operand, hn::Set(d, words.exponent_mask | 1)));
    bits.add(hn::Xor(code, hn::Load(d, codes + i)));
    hn::Store(code, d, codes + i);
  }
  return bits.total();
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(run_toggles);
HWY_EXPORT(run_exchange);

LnsToggles lns_toggles(const LnsWords& words, const LnsBeat& beat, const LnsHeldWords& held) {
  return HWY_DYNAMIC_DISPATCH(run_toggles)(words, beat, held);
}

std::uint64_t lns_exchange(const LnsWords& words, const PackedLns* operands, std::size_t size,
                           std::int32_t* codes) {
  return HWY_DYNAMIC_DISPATCH(run_exchange)(words, operands, size, codes);
}

}  // namespace lnsim::arith
#endif
