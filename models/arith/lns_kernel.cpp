#include "models/arith/lns_kernel.h"

#include <algorithm>
#include <cstddef>

// Vectors whose size is unknown at compile time cannot be members of the classes below.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/lns_kernel.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<std::int32_t>;
using D64 = hn::ScalableTag<std::int64_t>;
using V32 = hn::Vec<D32>;
using V64 = hn::Vec<D64>;

#if HWY_TARGET == HWY_SCALAR
// Vectors of one element: there is no upper half.
HWY_INLINE V64 lower64(V32 x) {
  return hn::PromoteTo(D64(), x);
}
HWY_INLINE V64 upper64(V32) {
  return hn::Zero(D64());
}
#else
using Half32 = hn::Half<D32>;
HWY_INLINE V64 lower64(V32 x) {
  return hn::PromoteTo(D64(), hn::LowerHalf(Half32(), x));
}
HWY_INLINE V64 upper64(V32 x) {
  return hn::PromoteTo(D64(), hn::UpperHalf(Half32(), x));
}
#endif

template <class D, class V>
HWY_INLINE hn::Mask<D> at_least(D d, V x, std::int32_t bound) {
  return hn::Gt(x, hn::Set(d, bound - 1));
}

// Negative counts of products, one per vector element.
class Counters {
 public:
  HWY_INLINE explicit Counters(const LnsKernel& kernel)
      : lost_floor_(hn::Set(D32(), kernel.lost_floor)),
        padding_(hn::Zero(D32())),
        no_product_(hn::Zero(D32())),
        lost_(hn::Zero(D32())) {}

  HWY_INLINE void take(V32 s) {
    const D32 d;
    padding_ = hn::Add(padding_, hn::VecFromMask(d, hn::Lt(s, hn::Set(d, kZeroFloor))));
    no_product_ = hn::Add(no_product_, hn::VecFromMask(d, hn::Lt(s, hn::Set(d, kProductFloor))));
    lost_ = hn::Add(lost_, hn::VecFromMask(d, hn::Lt(s, lost_floor_)));
  }
  // `filled`: elements beyond the vectors' ends, which were taken as padding.
  HWY_INLINE void finish(std::uint64_t filled, LnsKernelCounts& counts) const {
    counts.padding += total(padding_) - filled;
    counts.no_product += total(no_product_) - filled;
    counts.lost += total(lost_) - filled;
  }

 private:
  static HWY_INLINE std::uint64_t total(V32 negative_counts) {
    const D64 d;
    const V64 sum = hn::Add(lower64(negative_counts), upper64(negative_counts));
    return static_cast<std::uint64_t>(-hn::GetLane(hn::SumOfLanes(d, sum)));
  }

  V32 lost_floor_;
  V32 padding_;
  V32 no_product_;
  V32 lost_;
};

// The sums of packed operands of one lane, a hardware vector at a time; padding beyond the end.
class LaneProducts {
 public:
  HWY_INLINE LaneProducts(const PackedLns* b, unsigned vector_size) : b_(b), size_(vector_size) {
    whole_ = size_ / hn::Lanes(D32()) * hn::Lanes(D32());
    std::fill_n(tail_a_, hn::Lanes(D32()), kPackedPadding);
    std::fill_n(tail_b_, hn::Lanes(D32()), kPackedPadding);
    std::copy(b_ + whole_, b_ + size_, tail_b_);
  }
  HWY_INLINE std::size_t filled_per_lane() const {
    return whole_ == size_ ? 0 : hn::Lanes(D32()) - (size_ - whole_);
  }
  // Calls take(first element, packed sums).
  template <class Take>
  HWY_INLINE void visit(const PackedLns* a, const Take& take) {
    const D32 d;
    for (std::size_t i = 0; i < whole_; i += hn::Lanes(d))
      take(i, hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b_ + i)));
    if (whole_ == size_) return;
    std::copy(a + whole_, a + size_, tail_a_);
    take(whole_, hn::Add(hn::Load(d, tail_a_), hn::Load(d, tail_b_)));
  }

 private:
  const PackedLns* b_;
  std::size_t size_;
  std::size_t whole_;
  HWY_ALIGN PackedLns tail_a_[hn::MaxLanes(D32())];
  HWY_ALIGN PackedLns tail_b_[hn::MaxLanes(D32())];
};

// Packed sums -> signed factors and shift counts; zero outside the window. Holds its own copies of what it
// needs: the kernel's fields might alias what the loops store.
template <bool kRegisterTable>
class Factors {
 public:
  HWY_INLINE explicit Factors(const LnsKernel& kernel)
      : log2_gamma_(static_cast<int>(kernel.log2_gamma)),
        clamp_shift_(kernel.truncate_products),
        memory_table_(kernel.factors.data()),
        register_table_(hn::LoadU(D32(), kernel.factors.data())),
        remainder_mask_(hn::Set(D32(), (1 << kernel.log2_gamma) - 1)),
        base_octave_(hn::Set(D32(), kernel.base_octave)),
        below_window_(hn::Set(D32(), kernel.window_floor - 1)) {}

  struct Shifted {
    V32 factor;
    V32 shift;
    V32 remainder;
  };
  HWY_INLINE Shifted operator()(V32 s) const {
    const D32 d;
    const V32 exponent = hn::ShiftRight<2>(s);
    const V32 remainder = hn::And(exponent, remainder_mask_);
    V32 magnitude;
    if constexpr (kRegisterTable)
      magnitude = hn::TableLookupLanes(register_table_, hn::IndicesFromVec(d, remainder));
    else
      magnitude = hn::GatherIndex(d, memory_table_, remainder);
    const V32 negative = hn::Sub(hn::Zero(d), hn::And(s, hn::Set(d, 1)));
    const V32 factor = hn::Sub(hn::Xor(magnitude, negative), negative);
    V32 shift = hn::Sub(hn::ShiftRightSame(exponent, log2_gamma_), base_octave_);
    if (clamp_shift_) shift = hn::Max(shift, hn::Zero(d));
    const auto inside = hn::Gt(s, below_window_);
    return {hn::IfThenElseZero(inside, factor), hn::IfThenElseZero(inside, shift), remainder};
  }
  HWY_INLINE bool any_below(V32 s) const {
    const D32 d;
    return !hn::AllFalse(d, hn::AndNot(hn::Gt(s, below_window_), at_least(d, s, kProductFloor)));
  }

 private:
  int log2_gamma_;
  bool clamp_shift_;
  const std::int32_t* memory_table_;
  V32 register_table_;
  V32 remainder_mask_;
  V32 base_octave_;
  V32 below_window_;
};

template <bool kRegisterTable, bool kWholeWindow>
HWY_NOINLINE void sum_lanes(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b,
                            unsigned vector_size, unsigned lanes, std::int64_t* sums, bool* below_window,
                            LnsKernelCounts& counts) {
  const Factors<kRegisterTable> factors(kernel);
  LaneProducts products(b, vector_size);
  Counters counters(kernel);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    V64 lower = hn::Zero(D64());
    V64 upper = hn::Zero(D64());
    bool below = false;
    products.visit(a + std::size_t{lane} * vector_size, [&](std::size_t, V32 s) HWY_ATTR {
      counters.take(s);
      const auto x = factors(s);
      lower = hn::Add(lower, hn::Shl(lower64(x.factor), lower64(x.shift)));
      upper = hn::Add(upper, hn::Shl(upper64(x.factor), upper64(x.shift)));
      if constexpr (!kWholeWindow) below = below || factors.any_below(s);
    });
    sums[lane] = hn::GetLane(hn::SumOfLanes(D64(), hn::Add(lower, upper)));
    below_window[lane] = below;
  }
  counters.finish(std::uint64_t{lanes} * products.filled_per_lane(), counts);
}

// Drops the lowest bits of x, signed.
template <class D, class V>
HWY_INLINE V truncate(D d, V x, TruncationRule rule, unsigned bits) {
  using T = hn::TFromD<D>;
  const auto shift = static_cast<int>(bits);
  if (rule == TruncationRule::toward_zero) {
    x = hn::Add(x, hn::And(hn::BroadcastSignBit(x), hn::Set(d, static_cast<T>((T{1} << bits) - 1))));
  } else if (rule == TruncationRule::nearest_even) {
    const V odd = hn::And(hn::ShiftRightSame(x, shift), hn::Set(d, T{1}));
    x = hn::Add(x, hn::Add(hn::Set(d, static_cast<T>((T{1} << (bits - 1)) - 1)), odd));
  }
  return hn::ShiftRightSame(x, shift);
}

// How many of x lost bits without being smaller than the LSB.
template <class D, class V>
HWY_INLINE std::uint64_t count_truncated(D d, V x, unsigned dropped_bits, V s, std::int32_t lost_floor) {
  using T = hn::TFromD<D>;
  const V dropped = hn::And(x, hn::Set(d, static_cast<T>((T{1} << dropped_bits) - 1)));
  const auto not_lost = at_least(d, s, lost_floor);
  return hn::CountTrue(d, hn::And(not_lost, hn::Ne(dropped, hn::Zero(d))));
}

#if HWY_TARGET != HWY_SCALAR
using Four = hn::FixedTag<std::int32_t, 4>;

// Adds the 128-bit blocks of a vector.
template <class D, class V>
HWY_INLINE hn::Vec<Four> sum_of_blocks([[maybe_unused]] D d, V x) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return x;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, x), hn::UpperHalf(half, x)));
  }
}

// The sums of four vectors of 32 bits: interleaving pairs turns sums across a vector into sums of vectors.
HWY_INLINE void store_sums(V32 a, V32 b, V32 c, V32 e, std::int32_t* sums) {
  const D32 d;
  const D64 d64;
  const V64 ab = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)));
  const V64 ce = hn::BitCast(d64, hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e)));
  const V32 blocks = hn::Add(hn::BitCast(d, hn::InterleaveLower(d64, ab, ce)),
                             hn::BitCast(d, hn::InterleaveUpper(d64, ab, ce)));
  hn::StoreU(sum_of_blocks(d, blocks), Four(), sums);
}
#else
HWY_INLINE void store_sums(V32 a, V32 b, V32 c, V32 e, std::int32_t* sums) {
  const V32 totals[] = {a, b, c, e};
  for (const V32 total : totals) *sums++ = hn::GetLane(total);
}
#endif

HWY_INLINE void store_sums(V64 a, V64 b, V64 c, V64 e, std::int64_t* sums) {
  const D64 d;
  sums[0] = hn::GetLane(hn::SumOfLanes(d, a));
  sums[1] = hn::GetLane(hn::SumOfLanes(d, b));
  sums[2] = hn::GetLane(hn::SumOfLanes(d, c));
  sums[3] = hn::GetLane(hn::SumOfLanes(d, e));
}

// One lane's products as they enter the adder trees, in 32 or 64 bits.
template <class T>
class LaneTerms {
 public:
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;

  HWY_INLINE explicit LaneTerms(const LnsKernel& kernel)
      : bins_(kernel.bins),
        truncated_(kernel.truncate_products),
        rule_(kernel.rule),
        dropped_bits_(kernel.product_dropped_bits),
        lost_floor_(kernel.lost_floor),
        size_(0) {}

  HWY_INLINE void put(std::size_t at, V x, V bin, V s, LnsKernelCounts& counts) {
    const D d;
    // Without factor bits a shifted factor is a power of two: kept or lost, never cut.
    if (truncated_ && dropped_bits_ > 2)
      counts.truncated += count_truncated(d, x, dropped_bits_, s, lost_floor_);
    hn::Store(truncated_ ? truncate(d, x, rule_, dropped_bits_) : x, d, term_ + at);
    hn::Store(bin, d, bin_ + at);
    size_ = at + hn::Lanes(d);
  }
  // The sum of each bin, four bins in one pass.
  HWY_INLINE void sum(std::int64_t* sums) const {
    for (unsigned bin = 0; bin < bins_; bin += 4) {
      T four[4];
      sum_four(static_cast<T>(bin), four);
      std::copy_n(four, std::min(4u, bins_ - bin), sums + bin);
    }
  }

 private:
  HWY_INLINE void sum_four(T bin, T* sums) const {
    const D d;
    V total0 = hn::Zero(d), total1 = total0, total2 = total0, total3 = total0;
    for (std::size_t i = 0; i < size_; i += hn::Lanes(d)) {
      const V bins = hn::Sub(hn::Load(d, bin_ + i), hn::Set(d, bin));
      const V term = hn::Load(d, term_ + i);
      total0 = hn::Add(total0, hn::IfThenElseZero(hn::Eq(bins, hn::Zero(d)), term));
      total1 = hn::Add(total1, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, T{1})), term));
      total2 = hn::Add(total2, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, T{2})), term));
      total3 = hn::Add(total3, hn::IfThenElseZero(hn::Eq(bins, hn::Set(d, T{3})), term));
    }
    store_sums(total0, total1, total2, total3, sums);
  }

  unsigned bins_;
  bool truncated_;
  TruncationRule rule_;
  unsigned dropped_bits_;
  std::int32_t lost_floor_;
  std::size_t size_;
  HWY_ALIGN T term_[kLongestVector + hn::MaxLanes(D32())];
  HWY_ALIGN T bin_[kLongestVector + hn::MaxLanes(D32())];
};

HWY_INLINE void put_terms(std::size_t i, V32 factor, V32 shift, V32 bin, V32 s,
                          LaneTerms<std::int32_t>& terms, LnsKernelCounts& counts) {
  terms.put(i, hn::Shl(factor, shift), bin, s, counts);
}
HWY_INLINE void put_terms(std::size_t i, V32 factor, V32 shift, V32 bin, V32 s,
                          LaneTerms<std::int64_t>& terms, LnsKernelCounts& counts) {
  terms.put(i, hn::Shl(lower64(factor), lower64(shift)), lower64(bin), lower64(s), counts);
#if HWY_TARGET != HWY_SCALAR
  terms.put(i + hn::Lanes(D64()), hn::Shl(upper64(factor), upper64(shift)), upper64(bin), upper64(s), counts);
#endif
}

template <bool kRegisterTable, class Term>
HWY_NOINLINE void sum_bins(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b,
                           unsigned vector_size, unsigned lanes, std::int64_t* sums, bool* below_window,
                           LnsKernelCounts& counts) {
  const Factors<kRegisterTable> factors(kernel);
  LaneProducts products(b, vector_size);
  Counters counters(kernel);
  LaneTerms<Term> terms(kernel);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    bool below = false;
    products.visit(a + std::size_t{lane} * vector_size, [&](std::size_t i, V32 s) HWY_ATTR {
      counters.take(s);
      const auto x = factors(s);
      const V32 bin = hn::ShiftRightSame(x.remainder, static_cast<int>(kernel.bin_shift));
      put_terms(i, x.factor, x.shift, bin, s, terms, counts);
      below = below || factors.any_below(s);
    });
    terms.sum(sums + std::size_t{lane} * kernel.bins);
    below_window[lane] = below;
  }
  counters.finish(std::uint64_t{lanes} * products.filled_per_lane(), counts);
}

void run_sum(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
             unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts) {
  const bool in_register = 1u << kernel.log2_gamma <= hn::Lanes(D32());
  const bool whole = kernel.window_floor == kProductFloor;
  const auto run = in_register ? (whole ? sum_lanes<true, true> : sum_lanes<true, false>)
                               : (whole ? sum_lanes<false, true> : sum_lanes<false, false>);
  run(kernel, a, b, vector_size, lanes, sums, below_window, counts);
}

void run_bin_sums(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
                  unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts) {
  const bool in_register = 1u << kernel.log2_gamma <= hn::Lanes(D32());
  const auto run = in_register
                       ? (kernel.short_terms ? sum_bins<true, std::int32_t> : sum_bins<true, std::int64_t>)
                       : (kernel.short_terms ? sum_bins<false, std::int32_t> : sum_bins<false, std::int64_t>);
  run(kernel, a, b, vector_size, lanes, sums, below_window, counts);
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(run_sum);
HWY_EXPORT(run_bin_sums);

void lns_sum(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
             unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts) {
  HWY_DYNAMIC_DISPATCH(run_sum)(kernel, a, b, vector_size, lanes, sums, below_window, counts);
}

void lns_bin_sums(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
                  unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts) {
  HWY_DYNAMIC_DISPATCH(run_bin_sums)(kernel, a, b, vector_size, lanes, sums, below_window, counts);
}

}  // namespace lnsim::arith
#endif
