// A number as it was printed: what it may have been before it was rounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lnsim {

struct RealInterval {
  double low = 0.0;
  double high = 0.0;

  bool contains(double value) const { return low <= value && value <= high; }
  bool is_empty() const { return low > high; }
};

// What lies in both; empty where nothing does.
RealInterval intersection(const RealInterval& a, const RealInterval& b);

struct PrintedNumber {
  double value = 0.0;
  int decimals = 0;  // digits behind the point

  // Half a unit of the last digit to either side.
  RealInterval interval() const;
  // `other` rounded to as many digits prints as this number.
  bool prints_as(double other) const;
  std::string text() const;
};

// "7.99", "2.50", "60"; nothing for anything but digits with at most one point between them.
std::optional<PrintedNumber> printed_number(std::string_view text);

// The number with the fewest decimals (at most 9) in an interval, and of several the one nearest to its
// middle. Nothing when there is none.
std::optional<PrintedNumber> shortest_in(const RealInterval& interval);

}  // namespace lnsim
