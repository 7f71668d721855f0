#include "tools/characterise/gates/lookup_table.h"

#include <algorithm>

namespace lnsim::gates {
namespace {

// The piece of an axis that holds x, or the outermost one, and how far x lies along it.
struct Piece {
  std::size_t low, high;
  double fraction;
};

Piece find_piece(const std::vector<double>& axis, double x) {
  if (axis.size() < 2) return {0, 0, 0};
  const auto above = std::upper_bound(axis.begin() + 1, axis.end() - 1, x);
  const auto high = static_cast<std::size_t>(above - axis.begin());
  return {high - 1, high, (x - axis[high - 1]) / (axis[high] - axis[high - 1])};
}

}  // namespace

double LookupTable::at(double slew_ps, double load_ff) const {
  if (empty()) return 0;
  const Piece row = find_piece(slews_ps, slew_ps);
  const Piece column = find_piece(loads_ff, load_ff);
  const std::size_t width = std::max<std::size_t>(loads_ff.size(), 1);
  const auto along = [&](std::size_t i) {
    const double low = values[i * width + column.low], high = values[i * width + column.high];
    return low + column.fraction * (high - low);
  };
  const double low = along(row.low), high = along(row.high);
  return low + row.fraction * (high - low);
}

}  // namespace lnsim::gates
