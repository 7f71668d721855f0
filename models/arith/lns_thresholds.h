// Counts thresholds below a mantissa: the common core of both quantisers to a logarithmic code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace lnsim::arith {

// gamma thresholds within [1, 2), ascending, at least 1 / (2 gamma) apart, in Q1.63; gamma a power of two. A
// mantissa m reaches a threshold t when m >= t.
//
// The mantissa's upper bits select one of 2 gamma buckets, each with at most one threshold in it: a lookup
// and one comparison, whatever gamma is.
class OctaveThresholds {
 public:
  OctaveThresholds(std::vector<std::uint64_t> thresholds, unsigned log2_gamma)
      : thresholds_(std::move(thresholds)), bucket_shift_(62 - log2_gamma) {
    thresholds_.push_back(std::numeric_limits<std::uint64_t>::max());
    const std::size_t buckets = std::size_t{2} << log2_gamma;
    std::uint32_t reached = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
      const std::uint64_t start = kOne + (std::uint64_t{i} << bucket_shift_);
      while (thresholds_[reached] <= start) ++reached;
      reached_at_start_.push_back(reached);
    }
  }

  // How many thresholds m, in Q1.63 with bit 63 set, reaches: 0..gamma.
  std::uint32_t count(std::uint64_t m) const {
    const std::uint32_t reached = reached_at_start_[static_cast<std::size_t>((m - kOne) >> bucket_shift_)];
    return reached + (thresholds_[reached] <= m ? 1u : 0u);
  }

 private:
  static constexpr std::uint64_t kOne = std::uint64_t{1} << 63;
  std::vector<std::uint64_t> thresholds_;
  std::vector<std::uint32_t> reached_at_start_;
  unsigned bucket_shift_;
};

}  // namespace lnsim::arith
