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
  HWY_INLINE std::uint64_t total() const { return hn::GetLane(hn::SumOfLanes(Unsigned(), total_)); }

 private:
  using Unsigned = hn::ScalableTag<std::uint32_t>;
  hn::Vec<Unsigned> total_;
};

// Packed sums as terms, 0 unless `real`.
template <bool kExactTable>
class Terms {
 public:
  HWY_INLINE explicit Terms(const LnsWords& words)
      : octave_shift_(static_cast<int>(words.octave_shift)),
        low_shift_(static_cast<int>(words.low_shift)),
        highest_octave_(hn::Set(D(), words.highest_octave)),
        low_mask_(hn::Set(D(), words.low_mask)),
        term_mask_(hn::Set(D(), words.term_mask)) {}

  HWY_INLINE V operator()(V s, hn::Mask<D> real) const {
    const D d;
    V factor = hn::Set(d, std::int32_t{1} << 30);
    if constexpr (!kExactTable) factor = hn::Or(factor, hn::ShiftLeftSame(hn::And(s, low_mask_), low_shift_));
    const V below_top = hn::Sub(highest_octave_, hn::ShiftRightSame(s, octave_shift_));
    const V magnitude = hn::IfThenElseZero(real, hn::Shr(factor, hn::Min(below_top, hn::Set(d, 31))));
    const V negative = hn::IfThenElseZero(real, hn::Sub(hn::Zero(d), hn::And(s, hn::Set(d, 1))));
    return hn::And(hn::Xor(magnitude, negative), term_mask_);
  }

 private:
  int octave_shift_;
  int low_shift_;
  V highest_octave_;
  V low_mask_;
  V term_mask_;
};

template <bool kExactTable>
HWY_NOINLINE LnsToggles count_toggles(const LnsWords& words, const PackedLns* HWY_RESTRICT a,
                                      const PackedLns* HWY_RESTRICT b, std::size_t stride, std::size_t lanes,
                                      std::int32_t* HWY_RESTRICT products, std::int32_t* HWY_RESTRICT terms) {
  const D d;
  const Terms<kExactTable> term_of(words);
  const V product_mask = hn::Set(d, words.product_mask), bin_mask = hn::Set(d, words.bin_mask);
  BitCounter product_bits, term_bits, moved_bits;
  std::size_t live_products = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
      const std::size_t at = lane * stride + i;
      const V s = hn::Add(hn::Load(d, a + at), hn::Load(d, b + i));
      const auto real = hn::Gt(s, hn::Set(d, kProductFloor - 1));
      live_products += hn::CountTrue(d, real);
      const V product = hn::IfThenElseZero(real, hn::And(s, product_mask));
      const V term = term_of(s, real);
      const V product_before = hn::Load(d, products + at), term_before = hn::Load(d, terms + at);
      hn::Store(product, d, products + at);
      hn::Store(term, d, terms + at);
      const V changed = hn::Xor(product, product_before);
      product_bits.add(changed);
      term_bits.add(hn::Xor(term, term_before));
      // A term that moves to another bin's tree falls in one and rises in the other: bits that are set before
      // and behind toggle twice.
      const auto moves = hn::Ne(hn::And(changed, bin_mask), hn::Zero(d));
      moved_bits.add(hn::IfThenElseZero(moves, hn::And(term, term_before)));
    }
  }
  return {live_products, product_bits.total(), term_bits.total() + 2 * moved_bits.total()};
}

LnsToggles run_toggles(const LnsWords& words, const PackedLns* a, const PackedLns* b, std::size_t stride,
                       std::size_t lanes, std::int32_t* products, std::int32_t* terms) {
  const auto run = words.low_mask == 0 ? count_toggles<true> : count_toggles<false>;
  return run(words, a, b, stride, lanes, products, terms);
}

std::uint64_t run_exchange(const LnsWords& words, const PackedLns* HWY_RESTRICT operands, std::size_t size,
                           std::int32_t* HWY_RESTRICT codes) {
  const D d;
  BitCounter bits;
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
    const V operand = hn::Load(d, operands + i);
    const auto real = hn::Gt(operand, hn::Set(d, kProductFloor - 1));
    const V code = hn::IfThenElseZero(real, hn::And(operand, hn::Set(d, words.product_mask)));
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
                       std::size_t lanes, std::int32_t* products, std::int32_t* terms) {
  return HWY_DYNAMIC_DISPATCH(run_toggles)(words, a, b, stride, lanes, products, terms);
}

std::uint64_t lns_exchange(const LnsWords& words, const PackedLns* operands, std::size_t size,
                           std::int32_t* codes) {
  return HWY_DYNAMIC_DISPATCH(run_exchange)(words, operands, size, codes);
}

}  // namespace lnsim::arith
#endif
