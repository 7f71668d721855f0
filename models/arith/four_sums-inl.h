// The sums of four hardware vectors at once: interleaving pairs turns sums across a vector into sums of
// vectors. Included behind hwy/highway.h by sources that are compiled once for each instruction set.
#if defined(LNSIM_MODELS_ARITH_FOUR_SUMS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LNSIM_MODELS_ARITH_FOUR_SUMS_INL_H
#undef LNSIM_MODELS_ARITH_FOUR_SUMS_INL_H
#else
#define LNSIM_MODELS_ARITH_FOUR_SUMS_INL_H
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Words32 = hn::Vec<hn::ScalableTag<std::int32_t>>;

#if HWY_TARGET != HWY_SCALAR
using Four = hn::FixedTag<std::int32_t, 4>;

// Adds the 128-bit blocks of a vector.
template <class D, class V>
HWY_INLINE hn::Vec<Four> sum_of_blocks(D d, V x) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return x;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, x), hn::UpperHalf(half, x)));
  }
}

HWY_INLINE void store_sums(Words32 a, Words32 b, Words32 c, Words32 e, std::int32_t* sums) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::ScalableTag<std::int64_t> d64;
  const auto ab = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)));
  const auto ce = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e)));
  const Words32 blocks = hn::Add(hn::BitCast(d, hn::InterleaveLower(d64, ab, ce)),
                                 hn::BitCast(d, hn::InterleaveUpper(d64, ab, ce)));
  hn::StoreU(sum_of_blocks(d, blocks), Four(), sums);
}
#else
HWY_INLINE void store_sums(Words32 a, Words32 b, Words32 c, Words32 e, std::int32_t* sums) {
  const Words32 totals[] = {a, b, c, e};
  for (const Words32 total : totals) *sums++ = hn::GetLane(total);
}
#endif

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
