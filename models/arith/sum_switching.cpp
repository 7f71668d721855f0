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

// Accumulators of one word, the bits of `mask` in it.
void run_words(const std::uint64_t* before, const std::uint64_t* after, std::size_t lanes, std::uint64_t mask,
               std::uint64_t* previous_sums, SwitchingCounts& counts) {
  const hn::ScalableTag<std::uint64_t> d;
  const auto masks = hn::Set(d, mask);
  auto changed = hn::Zero(d), toggled = hn::Zero(d);
  std::size_t lane = 0;
  for (; lane + hn::Lanes(d) <= lanes; lane += hn::Lanes(d)) {
    const auto x = hn::LoadU(d, before + lane), y = hn::LoadU(d, after + lane);
    const auto sum = hn::And(hn::Sub(y, x), masks);
    changed = hn::Add(changed, hn::PopulationCount(hn::And(hn::Xor(x, y), masks)));
    toggled = hn::Add(toggled, hn::PopulationCount(hn::Xor(sum, hn::LoadU(d, previous_sums + lane))));
    hn::StoreU(sum, d, previous_sums + lane);
  }
  counts[Switching::accumulator_bits] += hn::GetLane(hn::SumOfLanes(d, changed));
  counts[Switching::sum_bits] += hn::GetLane(hn::SumOfLanes(d, toggled));
  for (; lane < lanes; ++lane) {
    const std::uint64_t sum = (after[lane] - before[lane]) & mask;
    counts[Switching::accumulator_bits] +=
        static_cast<unsigned>(std::popcount((before[lane] ^ after[lane]) & mask));
    counts[Switching::sum_bits] += static_cast<unsigned>(std::popcount(sum ^ previous_sums[lane]));
    previous_sums[lane] = sum;
  }
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(run_words);

SumSwitching::SumSwitching(unsigned lanes, unsigned bits)
    : words_((bits + 63) / 64),
      top_mask_(~std::uint64_t{0} >> (64 * words_ - bits)),
      previous_sums_(lanes * words_) {}

void SumSwitching::beat(const std::uint64_t* before, const std::uint64_t* after, unsigned rows,
                        SwitchingCounts& counts) {
  if (words_ == 1) {
    HWY_DYNAMIC_DISPATCH(run_words)(before, after, rows, top_mask_, previous_sums_.data(), counts);
  } else {
    for (std::size_t row = 0; row < rows; ++row)
      add_row(before + row * words_, after + row * words_, row, counts);
  }
  for (std::size_t i = rows * words_; i < previous_sums_.size(); ++i) {
    counts[Switching::sum_bits] += static_cast<unsigned>(std::popcount(previous_sums_[i]));
    previous_sums_[i] = 0;
  }
}

// An accumulator of several words.
void SumSwitching::add_row(const std::uint64_t* before, const std::uint64_t* after, std::size_t row,
                           SwitchingCounts& counts) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < words_; ++i) {
    const std::uint64_t mask = i + 1 == words_ ? top_mask_ : ~std::uint64_t{0};
    const std::uint64_t sum = (after[i] - before[i] - borrow) & mask;
    borrow = after[i] < before[i] || (after[i] == before[i] && borrow != 0) ? 1 : 0;
    std::uint64_t& previous = previous_sums_[row * words_ + i];
    counts[Switching::accumulator_bits] +=
        static_cast<unsigned>(std::popcount((before[i] ^ after[i]) & mask));
    counts[Switching::sum_bits] += static_cast<unsigned>(std::popcount(sum ^ previous));
    previous = sum;
  }
}

}  // namespace lnsim::arith
#endif
