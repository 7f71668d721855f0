#include "models/arith/count_bits.h"

#include <bit>

#define HWY_WANT_AVX3_DL  // the instruction set that counts bits in vectors
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/count_bits.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// vector(d, i): a hardware vector of the words from i on; word(i): a single one, for the end of the array.
template <class Word, class Vector, class Single>
HWY_INLINE std::uint64_t count(std::size_t words, const Vector& vector, const Single& word) {
  const hn::ScalableTag<Word> d;
  auto total = hn::Zero(d);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= words; i += hn::Lanes(d))
    total = hn::Add(total, hn::PopulationCount(vector(d, i)));
  std::uint64_t sum = hn::GetLane(hn::SumOfLanes(d, total));
  for (; i < words; ++i) sum += static_cast<std::uint64_t>(std::popcount(word(i)));
  return sum;
}

template <class Word>
HWY_INLINE std::uint64_t count_set(const Word* x, std::size_t words) {
  return count<Word>(
      words, [x](auto d, std::size_t i) HWY_ATTR { return hn::LoadU(d, x + i); },
      [x](std::size_t i) HWY_ATTR { return x[i]; });
}
std::uint64_t set_32(const std::uint32_t* x, std::size_t words) {
  return count_set(x, words);
}
std::uint64_t set_64(const std::uint64_t* x, std::size_t words) {
  return count_set(x, words);
}

std::uint64_t differing_32(const std::uint32_t* x, const std::uint32_t* y, std::size_t words) {
  return count<std::uint32_t>(
      words,
      [x, y](auto d, std::size_t i) HWY_ATTR { return hn::Xor(hn::LoadU(d, x + i), hn::LoadU(d, y + i)); },
      [x, y](std::size_t i) HWY_ATTR { return x[i] ^ y[i]; });
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(set_32);
HWY_EXPORT(set_64);
HWY_EXPORT(differing_32);

std::uint64_t count_bits(const std::uint32_t* x, std::size_t words) {
  return HWY_DYNAMIC_DISPATCH(set_32)(x, words);
}
std::uint64_t count_bits(const std::uint64_t* x, std::size_t words) {
  return HWY_DYNAMIC_DISPATCH(set_64)(x, words);
}
std::uint64_t count_differing_bits(const std::uint32_t* x, const std::uint32_t* y, std::size_t words) {
  return HWY_DYNAMIC_DISPATCH(differing_32)(x, y, words);
}

}  // namespace lnsim::arith
#endif
