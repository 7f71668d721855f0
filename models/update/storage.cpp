#include "models/update/storage.h"

#include <limits>

#include "models/update/random_word.h"

namespace lnsim {

arith::F32 Storage::load(arith::Code code) const {
  return arith::f32_from_double(format_->value(code, scale_));
}

arith::Code Storage::store(arith::F32 x, std::uint64_t index, arith::QuantiseCounts& counts) const {
  constexpr double kLargest = std::numeric_limits<double>::max();
  double value = arith::f32_to_double(x);
  if (arith::f32_is_infinite(x)) value = arith::f32_is_negative(x) ? -kLargest : kLargest;
  if (format_->parameters().rounding == arith::Rounding::stochastic)
    return format_->quantise_stochastic(value, scale_, random_word(seed_, stream_, index), counts);
  return format_->quantise(value, scale_, counts);
}

}  // namespace lnsim
