// How far a result is from its reference.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace lnsim {

struct ErrorFigures {
  std::uint64_t values = 0;
  std::uint64_t differing = 0;   // values that are not equal to their reference
  std::uint64_t sign_flips = 0;  // values whose reference has the other sign; zeros have none
  std::uint64_t not_finite = 0;  // infinities and NaNs, here or in the reference: in no other figure
  double reference_max = 0;      // largest magnitude of the reference
  double max_error = 0;          // largest |value - reference|
  // 10 log10(sum reference^2 / sum (value - reference)^2), in dB. Absent when nothing differs (the ratio is
  // infinite), and when the reference is all zeros.
  std::optional<double> sqnr_db;

  bool exact() const { return differing == 0 && not_finite == 0; }
  // max_error / reference_max; absent for a reference of zeros.
  std::optional<double> relative_max_error() const;
};

// Throws ModelError when the sizes differ.
ErrorFigures compare(std::span<const double> values, std::span<const double> reference);

}  // namespace lnsim
