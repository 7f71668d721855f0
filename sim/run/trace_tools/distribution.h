// How the magnitudes of tensors are distributed, in octaves (powers of two).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace lnsim {

// Statistics of the elements of any number of tensors. Everything relative is relative to the largest
// magnitude of an element's own tensor, since that is what a tensor's scale follows:
// r = log2(|x| / largest) <= 0.
class Distribution {
 public:
  // Elements of a tensor whose largest magnitude is `largest`; finite.
  void add(std::span<const double> values, double largest);
  Distribution& operator+=(const Distribution& other);

  std::uint64_t values() const { return values_; }
  std::uint64_t zeros() const { return zeros_; }
  std::uint64_t negatives() const { return negatives_; }  // -0 is no negative
  std::uint64_t non_zeros() const { return values_ - zeros_; }

  // Figures of the non-zero elements; absent when there are none.
  std::optional<double> smallest() const;  // magnitude
  std::optional<double> largest() const;
  std::optional<double> range_octaves() const;  // log2(largest / smallest)
  std::optional<double> mean() const;           // of r, as the three below
  std::optional<double> standard_deviation() const;
  std::optional<double> lowest() const;
  // The value that the given share of the elements, 0..1, does not exceed; within 1/32 octave.
  std::optional<double> quantile(double share) const;
  // Share of the non-zero elements that lie `octaves` or more below the largest.
  std::optional<double> share_below(unsigned octaves) const;

  // Non-zero elements by floor(log2 |x|), exact.
  const std::map<int, std::uint64_t>& octaves() const { return octaves_; }
  // Non-zero elements with i <= -r < i + 1, by i.
  std::vector<std::uint64_t> octaves_below_largest() const;

 private:
  static constexpr unsigned kBinsPerOctave = 16;

  std::uint64_t values_ = 0;
  std::uint64_t zeros_ = 0;
  std::uint64_t negatives_ = 0;
  double smallest_ = 0;
  double largest_ = 0;
  double sum_ = 0;  // of r
  double sum_of_squares_ = 0;
  double lowest_ = 0;
  std::map<int, std::uint64_t> octaves_;
  std::vector<std::uint64_t> bins_;  // by floor(-r * kBinsPerOctave)
};

}  // namespace lnsim
