// A tensor's codes seen as single-precision numbers: how update arithmetic reads and writes what is stored.
#pragma once

#include <cstdint>

#include "models/arith/number_format.h"
#include "models/arith/softfloat_f32.h"

namespace lnsim {

// Random streams of the values stored for one parameter.
inline constexpr unsigned kWeightStream = 0, kFirstStateStream = 1, kSecondStateStream = 2;

class Storage {
 public:
  // `stream` keeps the random words of a parameter's several stored values apart. `format` must outlive this.
  Storage(const arith::NumberFormat& format, arith::Scale scale, std::uint64_t seed, unsigned stream)
      : format_(&format), scale_(scale), seed_(seed), stream_(stream) {}

  // The value, rounded to single precision.
  arith::F32 load(arith::Code code) const;

  // Rounded by the format's quantiser, nearest or stochastic as the format says. Infinities saturate and are
  // counted. x is not NaN.
  arith::Code store(arith::F32 x, std::uint64_t index, arith::QuantiseCounts& counts) const;

 private:
  const arith::NumberFormat* format_;
  arith::Scale scale_;
  std::uint64_t seed_;
  unsigned stream_;
};

}  // namespace lnsim
