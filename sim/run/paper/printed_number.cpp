#include "sim/run/paper/printed_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lnsim {
namespace {

constexpr int kMostDecimals = 9;

}  // namespace

RealInterval intersection(const RealInterval& a, const RealInterval& b) {
  return {std::max(a.low, b.low), std::min(a.high, b.high)};
}

RealInterval PrintedNumber::interval() const {
  const double half = 0.5 * std::pow(10.0, -decimals);
  return {value - half, value + half};
}

bool PrintedNumber::prints_as(double other) const {
  return fmt::format("{:.{}f}", other, decimals) == text();
}

std::string PrintedNumber::text() const {
  return fmt::format("{:.{}f}", value, decimals);
}

std::optional<PrintedNumber> printed_number(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  const auto are_digits = [](std::string_view digits) {
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || !are_digits(whole) || !are_digits(fraction)) return std::nullopt;
  if (point != std::string_view::npos && fraction.empty()) return std::nullopt;
  if (whole.size() + fraction.size() > 15) return std::nullopt;  // what a double holds
  return PrintedNumber{std::strtod(std::string(text).c_str(), nullptr), static_cast<int>(fraction.size())};
}

std::optional<PrintedNumber> shortest_in(const RealInterval& interval) {
  const double middle = (interval.low + interval.high) / 2.0;
  for (int decimals = 0; decimals <= kMostDecimals; ++decimals) {
    const double unit = std::pow(10.0, decimals);
    const PrintedNumber number{std::round(middle * unit) / unit, decimals};
    if (interval.contains(number.value)) return number;
  }
  return std::nullopt;
}

}  // namespace lnsim
