#include "models/arith/lns_switching_kernel.h"

#define HWY_WANT_AVX3_DL  // the instruction set that counts bits in vectors
// Vectors whose size is unknown at compile time cannot be members of the classes below.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/lns_switching_kernel.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

#include "models/arith/four_sums-inl.h"

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

// One lane's terms with their signs, and the sums of its bins.
class Bins {
 public:
  HWY_INLINE explicit Bins(const LnsWords& words)
      : count_(words.bins),
        shift_(static_cast<int>(words.bin_shift)),
        mask_(hn::Set(D(), static_cast<std::int32_t>(words.bins - 1))) {}

  HWY_INLINE void put(std::size_t at, V s, V term) {
    const D d;
    hn::Store(hn::And(hn::ShiftRightSame(s, shift_), mask_), d, bin_ + at);
    hn::Store(term, d, term_ + at);
  }
  HWY_INLINE void sum(std::size_t size, std::int32_t* HWY_RESTRICT sums) const {
    for (unsigned bin = 0; bin < count_; bin += 4) sum_four(static_cast<std::int32_t>(bin), size, sums + bin);
  }

 private:
  HWY_INLINE void sum_four(std::int32_t bin, std::size_t size, std::int32_t* HWY_RESTRICT sums) const {
    const D d;
    V total0 = hn::Zero(d), total1 = total0, total2 = total0, total3 = total0;
    for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
      const V bins = hn::Load(d, bin_ + i), term = hn::Load(d, term_ + i);
      total0 = hn::Add(total0, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, bin)), term));
      total1 = hn::Add(total1, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, bin + 1)), term));
      total2 = hn::Add(total2, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, bin + 2)), term));
      total3 = hn::Add(total3, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, bin + 3)), term));
    }
    store_sums(total0, total1, total2, total3, sums);
  }

  unsigned count_;
  int shift_;
  V mask_;
  HWY_ALIGN std::int32_t bin_[kLongestVector + kSwitchingBlock];
  HWY_ALIGN std::int32_t term_[kLongestVector + kSwitchingBlock];
};

template <bool kExactTable>
HWY_NOINLINE LnsToggles count_toggles(const LnsWords& words, const PackedLns* HWY_RESTRICT a,
                                      const PackedLns* HWY_RESTRICT b, std::size_t stride, std::size_t lanes,
                                      const LnsBeatWords& before) {
  const D d;
  const Magnitudes<kExactTable> magnitude_of(words);
  Bins bins(words);
  const std::size_t bin_stride = (words.bins + 3) / 4 * 4;
  const V exponent_mask = hn::Set(d, words.exponent_mask), bin_mask = hn::Set(d, words.bin_mask);
  const V term_mask = hn::Set(d, words.term_mask);
  const auto carry_bits = static_cast<int>(words.carry_bits);
  std::int32_t* HWY_RESTRICT const products = before.products;
  std::int32_t* HWY_RESTRICT const terms = before.terms;
  BitCounter product_bits, term_bits, moved_bits, sign_bits;
  std::size_t live_products = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
      const std::size_t at = lane * stride + i;
      const V s = hn::Add(hn::Load(d, a + at), hn::Load(d, b + i));
      const auto real = hn::Gt(s, hn::Set(d, kProductFloor - 1));
      live_products += hn::CountTrue(d, real);
      const V sign = hn::And(s, hn::Set(d, 1));
      const V product = hn::Or(hn::IfThenElseZero(real, hn::And(s, exponent_mask)), sign);
      const V negative = hn::IfThenElseZero(real, hn::Sub(hn::Zero(d), sign));
      const V magnitude = magnitude_of(s, real);
      const V term = hn::And(hn::Xor(magnitude, negative), term_mask);
      const V product_before = hn::Load(d, products + at), term_before = hn::Load(d, terms + at);
      hn::Store(product, d, products + at);
      hn::Store(term, d, terms + at);
      const V summand = hn::ShiftRightSame(hn::And(magnitude, term_mask), carry_bits);
      bins.put(i, s, hn::Sub(hn::Xor(summand, negative), negative));
      const V changed = hn::Xor(product, product_before);
      product_bits.add(hn::And(changed, exponent_mask));
      sign_bits.add(hn::And(changed, hn::Set(d, 1)));
      term_bits.add(hn::Xor(term, term_before));
      // A term that moves to another bin's tree falls in one and rises in the other: bits that are set before
      // and behind toggle twice.
      const auto moves = hn::Ne(hn::And(changed, bin_mask), hn::Zero(d));
      moved_bits.add(hn::IfThenElseZero(moves, hn::And(term, term_before)));
    }
    bins.sum(stride, before.bin_sums + lane * bin_stride);
  }
  return {live_products, product_bits.total(), sign_bits.total(), term_bits.total() + 2 * moved_bits.total()};
}

LnsToggles run_toggles(const LnsWords& words, const PackedLns* a, const PackedLns* b, std::size_t stride,
                       std::size_t lanes, const LnsBeatWords& before) {
  const auto run = words.low_mask == 0 ? count_toggles<true> : count_toggles<false>;
  return run(words, a, b, stride, lanes, before);
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

LnsToggles lns_toggles(const LnsWords& words, const PackedLns* a, const PackedLns* b, std::size_t stride,
                       std::size_t lanes, const LnsBeatWords& before) {
  return HWY_DYNAMIC_DISPATCH(run_toggles)(words, a, b, stride, lanes, before);
}

std::uint64_t lns_exchange(const LnsWords& words, const PackedLns* operands, std::size_t size,
                           std::int32_t* codes) {
  return HWY_DYNAMIC_DISPATCH(run_exchange)(words, operands, size, codes);
}

}  // namespace lnsim::arith
#endif
