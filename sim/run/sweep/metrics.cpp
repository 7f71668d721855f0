#include "sim/run/sweep/metrics.h"

#include <cmath>

namespace lnsim {

void MeanSqnr::add(const ErrorFigures& figures) {
  ++products_;
  const double db = figures.not_finite > 0 ? 0.0 : figures.sqnr_db.value_or(kExactDb);
  noise_to_signal_ += std::pow(10.0, -db / 10.0);
}

std::optional<double> MeanSqnr::db() const {
  if (products_ == 0) return std::nullopt;
  return -10.0 * std::log10(noise_to_signal_ / static_cast<double>(products_));
}

}  // namespace lnsim
