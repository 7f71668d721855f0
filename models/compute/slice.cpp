#include "models/compute/slice.h"

namespace lnsim {
namespace {

std::uint64_t total(const SliceAxis& axis, std::uint32_t positions) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < positions; ++i) sum += axis.count_of(i);
  return sum;
}

}  // namespace

ComputeSlice slice_of(const Compute& compute, const PeGrid& grid, std::uint32_t pe) {
  ComputeSlice slice;
  const std::uint32_t group = pe / (grid.rows * grid.columns);
  const std::uint32_t row = pe / grid.columns % grid.rows;
  const std::uint32_t column = pe % grid.columns;
  if (group >= grid.groups || compute.groups.count_of(group) == 0) return slice;
  slice.group = compute.groups.begin_of(group);
  slice.first_row = compute.rows.begin_of(row);
  slice.rows = compute.rows.count_of(row);
  slice.first_column = compute.columns.begin_of(column);
  slice.columns = compute.columns.count_of(column);
  if (slice.empty()) return slice;
  const std::uint64_t all_columns = total(compute.columns, grid.columns);
  slice.elements_before = group * total(compute.rows, grid.rows) * all_columns +
                          total(compute.rows, row) * all_columns +
                          slice.rows * total(compute.columns, column);
  return slice;
}

}  // namespace lnsim
