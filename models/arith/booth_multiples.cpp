#include "models/arith/booth_multiples.h"

#define HWY_WANT_AVX3_DL  // the instruction set that counts bits in vectors
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/arith/booth_multiples.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lnsim::arith::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Elements [i, i + lanes of d) of one word of one lane; how many bits of the multiples toggle.
template <class D>
HWY_INLINE hn::Vec<D> exchange(D d, const std::uint64_t* factors, const std::uint64_t* doubles,
                               const std::uint64_t* once, const std::uint64_t* twice,
                               const std::uint64_t* negative, std::uint64_t* multiples) {
  const auto selected = hn::Or(hn::And(hn::LoadU(d, factors), hn::LoadU(d, once)),
                               hn::And(hn::LoadU(d, doubles), hn::LoadU(d, twice)));
  const auto next = hn::Xor(selected, hn::LoadU(d, negative));
  const auto toggled = hn::PopulationCount(hn::Xor(next, hn::LoadU(d, multiples)));
  hn::StoreU(next, d, multiples);
  return toggled;
}

std::uint64_t run_exchange(const std::uint64_t* factors, const std::uint64_t* doubles,
                           const std::uint64_t* once, const std::uint64_t* twice,
                           const std::uint64_t* negative, std::uint64_t* multiples, std::size_t size) {
  const hn::ScalableTag<std::uint64_t> d;
  const hn::CappedTag<std::uint64_t, 1> one;
  auto total = hn::Zero(d);
  std::uint64_t rest = 0;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d))
    total = hn::Add(total,
                    exchange(d, factors + i, doubles + i, once + i, twice + i, negative + i, multiples + i));
  for (; i < size; ++i)
    rest += hn::GetLane(
        exchange(one, factors + i, doubles + i, once + i, twice + i, negative + i, multiples + i));
  return rest + hn::GetLane(hn::SumOfLanes(d, total));
}

}  // namespace lnsim::arith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lnsim::arith {

HWY_EXPORT(run_exchange);

BoothMultiples::BoothMultiples(const BoothShape& shape, std::size_t lanes, std::size_t size)
    : shape_(shape),
      lanes_(lanes),
      size_(size),
      repeated_(0),
      factors_(lanes * size),
      doubles_(lanes * size),
      multiples_(shape.words() * lanes * size) {
  for (unsigned field = 0; field < shape_.digits_per_word(); ++field)
    repeated_ |= std::uint64_t{1} << (field * shape_.width());
  for (auto* masks : {&selection_.once, &selection_.twice, &selection_.negative})
    masks->resize(shape_.words() * size);
}

void BoothMultiples::set_factor(std::size_t lane, std::size_t i, std::uint32_t x) {
  const std::uint64_t field = (std::uint64_t{1} << shape_.width()) - 1;
  std::uint64_t wide = x & (field >> 1);
  if (shape_.is_signed && (wide >> (shape_.factor_bits - 1) & 1) != 0) wide |= field ^ field >> 1;
  factors_[lane * size_ + i] = wide * repeated_;
  doubles_[lane * size_ + i] = (wide << 1 & field) * repeated_;
}

void BoothMultiples::set_digits(std::size_t i, std::uint32_t y) {
  const std::uint64_t field = (std::uint64_t{1} << shape_.width()) - 1;
  std::uint64_t wide = y & ((std::uint64_t{1} << shape_.digit_bits) - 1);
  if (shape_.is_signed && (wide >> (shape_.digit_bits - 1) & 1) != 0)
    wide |= ~std::uint64_t{0} << shape_.digit_bits;
  wide <<= 1;  // digit k looks at bits 2k - 1, 2k and 2k + 1
  for (unsigned word = 0; word < shape_.words(); ++word)
    for (auto* masks : {&selection_.once, &selection_.twice, &selection_.negative})
      (*masks)[word * size_ + i] = 0;
  for (unsigned digit = 0; digit < shape_.digits(); ++digit) {
    const bool low = (wide >> (2 * digit) & 1) != 0, middle = (wide >> (2 * digit + 1) & 1) != 0,
               high = (wide >> (2 * digit + 2) & 1) != 0;
    const std::size_t at = digit / shape_.digits_per_word() * size_ + i;
    const std::uint64_t here = field << (digit % shape_.digits_per_word() * shape_.width());
    if (low != middle) selection_.once[at] |= here;
    if (low == middle && middle != high) selection_.twice[at] |= here;
    if (high && !(middle && low)) selection_.negative[at] |= here;
  }
}

std::uint64_t BoothMultiples::toggled_bits() {
  std::uint64_t bits = 0;
  for (unsigned word = 0; word < shape_.words(); ++word) {
    const std::size_t of_word = word * size_;
    for (std::size_t lane = 0; lane < lanes_; ++lane)
      bits += HWY_DYNAMIC_DISPATCH(run_exchange)(
          factors_.data() + lane * size_, doubles_.data() + lane * size_, selection_.once.data() + of_word,
          selection_.twice.data() + of_word, selection_.negative.data() + of_word,
          multiples_.data() + (word * lanes_ + lane) * size_, size_);
  }
  return bits;
}

}  // namespace lnsim::arith
#endif
