#include "models/arith/sum_switching.h"

#include <bit>

#define HWY_WANT_AVX3_DL  // the instruction set that counts bits in vectors
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/sum_switching.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Accumulators of one word, the bits of `mask` in it; `words` at a time.
template <class D>
HWY_INLINE void add_words(D d, std::size_t lane, const std::uint64_t* before, const std::uint64_t* after,
                          std::uint64_t mask, std::uint64_t* sums, std::uint64_t* augends,
                          SwitchingCounts& counts) {
  const auto total = [d](auto x) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(d, hn::PopulationCount(x))); };
  const auto masks = hn::Set(d, mask), zero = hn::Zero(d);
  const auto augend = hn::And(hn::LoadU(d, before + lane), masks);
  const auto next = hn::And(hn::LoadU(d, after + lane), masks);
  const auto sum = hn::And(hn::Sub(next, augend), masks);
  counts[Switching::accumulator_bits] += total(hn::Xor(augend, next));
  counts[Switching::sum_bits] += total(hn::Xor(sum, hn::LoadU(d, sums + lane)));
  counts[Switching::augend_bits] += total(hn::Xor(augend, hn::LoadU(d, augends + lane)));
  counts[Switching::additions] += hn::CountTrue(d, hn::And(hn::Ne(sum, zero), hn::Ne(augend, zero)));
  hn::StoreU(sum, d, sums + lane);
  hn::StoreU(augend, d, augends + lane);
}

void run_words(const std::uint64_t* before, const std::uint64_t* after, std::size_t lanes, std::uint64_t mask,
               std::uint64_t* sums, std::uint64_t* augends, SwitchingCounts& counts) {
  const hn::ScalableTag<std::uint64_t> d;
  std::size_t lane = 0;
  for (; lane + hn::Lanes(d) <= lanes; lane += hn::Lanes(d))
    add_words(d, lane, before, after, mask, sums, augends, counts);
  for (; lane < lanes; ++lane)
    add_words(hn::CappedTag<std::uint64_t, 1>(), lane, before, after, mask, sums, augends, counts);
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(run_words);

SumSwitching::SumSwitching(unsigned lanes, unsigned bits)
    : words_((bits + 63) / 64),
      top_mask_(~std::uint64_t{0} >> (64 * words_ - bits)),
      sums_(lanes * words_),
      augends_(lanes * words_) {}

void SumSwitching::beat(const std::uint64_t* before, const std::uint64_t* after, unsigned rows,
                        SwitchingCounts& counts) {
  if (words_ == 1) {
    HWY_DYNAMIC_DISPATCH(run_words)(before, after, rows, top_mask_, sums_.data(), augends_.data(), counts);
  } else {
    for (std::size_t row = 0; row < rows; ++row)
      add_row(before + row * words_, after + row * words_, row, counts);
  }
  rest(rows, counts);
}

// An accumulator of several words.
void SumSwitching::add_row(const std::uint64_t* before, const std::uint64_t* after, std::size_t row,
                           SwitchingCounts& counts) {
  const auto differing = [](std::uint64_t x, std::uint64_t y) {
    return static_cast<unsigned>(std::popcount(x ^ y));
  };
  std::uint64_t borrow = 0, any_sum = 0, any_augend = 0;
  for (std::size_t i = 0; i < words_; ++i) {
    const std::uint64_t mask = i + 1 == words_ ? top_mask_ : ~std::uint64_t{0};
    const std::uint64_t sum = (after[i] - before[i] - borrow) & mask, augend = before[i] & mask;
    borrow = after[i] < before[i] || (after[i] == before[i] && borrow != 0) ? 1 : 0;
    std::uint64_t& previous_sum = sums_[row * words_ + i];
    std::uint64_t& previous_augend = augends_[row * words_ + i];
    counts[Switching::accumulator_bits] += differing(augend, after[i] & mask);
    counts[Switching::sum_bits] += differing(sum, previous_sum);
    counts[Switching::augend_bits] += differing(augend, previous_augend);
    previous_sum = sum;
    previous_augend = augend;
    any_sum |= sum;
    any_augend |= augend;
  }
  counts[Switching::additions] += any_sum != 0 && any_augend != 0 ? 1 : 0;
}

// The lanes without a row.
void SumSwitching::rest(std::size_t rows, SwitchingCounts& counts) {
  for (std::size_t i = rows * words_; i < sums_.size(); ++i) {
    counts[Switching::sum_bits] += static_cast<unsigned>(std::popcount(sums_[i]));
    counts[Switching::augend_bits] += static_cast<unsigned>(std::popcount(augends_[i]));
    sums_[i] = augends_[i] = 0;
  }
}

}  // namespace lnsim::arith
#endif
