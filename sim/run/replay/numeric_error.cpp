#include "sim/run/replay/numeric_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/errors.h"

namespace lnsim {

std::optional<double> ErrorFigures::relative_max_error() const {
  if (reference_max == 0) return std::nullopt;
  return max_error / reference_max;
}

ErrorFigures compare(std::span<const double> values, std::span<const double> reference) {
  if (values.size() != reference.size()) {
    throw ModelError(fmt::format("{} values and {} references", values.size(), reference.size()));
  }
  ErrorFigures figures;
  figures.values = values.size();
  const auto finite = [&](std::size_t i) { return std::isfinite(values[i]) && std::isfinite(reference[i]); };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!finite(i)) {
      ++figures.not_finite;
      continue;
    }
    const double error = std::abs(values[i] - reference[i]);
    figures.differing += error != 0 ? 1 : 0;
    figures.sign_flips += (values[i] > 0 && reference[i] < 0) || (values[i] < 0 && reference[i] > 0) ? 1 : 0;
    figures.reference_max = std::max(figures.reference_max, std::abs(reference[i]));
    figures.max_error = std::max(figures.max_error, error);
  }
  if (figures.differing == 0 || figures.reference_max == 0) return figures;
  // Sums of squares relative to the largest term, which neither overflow nor vanish.
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!finite(i)) continue;
    signal += std::pow(reference[i] / figures.reference_max, 2);
    noise += std::pow((values[i] - reference[i]) / figures.max_error, 2);
  }
  figures.sqnr_db = 10 * (std::log10(signal) - std::log10(noise)) +
                    20 * (std::log10(figures.reference_max) - std::log10(figures.max_error));
  return figures;
}

}  // namespace lnsim
