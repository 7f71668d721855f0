#include "sim/run/trace_tools/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lnsim {

namespace {

// log2(magnitude / largest), not above 0. The quotient makes powers of two exact; where it would lose bits
// to underflow the logarithms are subtracted.
double relative_log2(double magnitude, double largest) {
  const double ratio = magnitude / largest;
  if (ratio >= std::numeric_limits<double>::min()) return std::log2(ratio);
  return std::log2(magnitude) - std::log2(largest);
}

}  // namespace

void Distribution::add(std::span<const double> values, double largest) {
  values_ += values.size();
  for (const double value : values) {
    if (value == 0) {
      ++zeros_;
      continue;
    }
    const double magnitude = std::abs(value);
    negatives_ += value < 0 ? 1 : 0;
    smallest_ = smallest_ == 0 ? magnitude : std::min(smallest_, magnitude);
    ++octaves_[std::ilogb(magnitude)];
    const double r = relative_log2(magnitude, largest);
    sum_ += r;
    sum_of_squares_ += r * r;
    lowest_ = std::min(lowest_, r);
    const auto bin = static_cast<std::size_t>(-r * kBinsPerOctave);
    if (bin >= bins_.size()) bins_.resize(bin + 1);
    ++bins_[bin];
  }
  largest_ = std::max(largest_, largest);
}

Distribution& Distribution::operator+=(const Distribution& other) {
  values_ += other.values_;
  zeros_ += other.zeros_;
  negatives_ += other.negatives_;
  if (other.smallest_ != 0)
    smallest_ = smallest_ == 0 ? other.smallest_ : std::min(smallest_, other.smallest_);
  largest_ = std::max(largest_, other.largest_);
  sum_ += other.sum_;
  sum_of_squares_ += other.sum_of_squares_;
  lowest_ = std::min(lowest_, other.lowest_);
  for (const auto& [octave, count] : other.octaves_) octaves_[octave] += count;
  if (bins_.size() < other.bins_.size()) bins_.resize(other.bins_.size());
  for (std::size_t i = 0; i < other.bins_.size(); ++i) bins_[i] += other.bins_[i];
  return *this;
}

std::optional<double> Distribution::smallest() const {
  if (non_zeros() == 0) return std::nullopt;
  return smallest_;
}

std::optional<double> Distribution::largest() const {
  if (non_zeros() == 0) return std::nullopt;
  return largest_;
}

std::optional<double> Distribution::range_octaves() const {
  if (non_zeros() == 0) return std::nullopt;
  return 0.0 - relative_log2(smallest_, largest_);
}

std::optional<double> Distribution::mean() const {
  if (non_zeros() == 0) return std::nullopt;
  return sum_ / static_cast<double>(non_zeros());
}

std::optional<double> Distribution::standard_deviation() const {
  if (non_zeros() == 0) return std::nullopt;
  const double average = *mean();
  return std::sqrt(std::max(0.0, sum_of_squares_ / static_cast<double>(non_zeros()) - average * average));
}

std::optional<double> Distribution::lowest() const {
  if (non_zeros() == 0) return std::nullopt;
  return lowest_;
}

std::optional<double> Distribution::quantile(double share) const {
  if (non_zeros() == 0) return std::nullopt;
  const double wanted = share * static_cast<double>(non_zeros());
  std::uint64_t reached = 0;
  std::size_t bin = bins_.size();
  while (bin-- > 1) {
    reached += bins_[bin];
    if (static_cast<double>(reached) >= wanted && reached > 0) break;
  }
  return -(static_cast<double>(bin) + 0.5) / kBinsPerOctave;
}

std::optional<double> Distribution::share_below(unsigned octaves) const {
  if (non_zeros() == 0) return std::nullopt;
  std::uint64_t count = 0;
  for (std::size_t bin = std::size_t{octaves} * kBinsPerOctave; bin < bins_.size(); ++bin)
    count += bins_[bin];
  return static_cast<double>(count) / static_cast<double>(non_zeros());
}

std::vector<std::uint64_t> Distribution::octaves_below_largest() const {
  std::vector<std::uint64_t> counts((bins_.size() + kBinsPerOctave - 1) / kBinsPerOctave);
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) counts[bin / kBinsPerOctave] += bins_[bin];
  return counts;
}

}  // namespace lnsim
