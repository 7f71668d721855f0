// How a command is divided among the PEs.
#include "models/compute/slice.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace lnsim {
namespace {

// 2 groups of 10 x 7 outputs; slices of 4 rows and 3 columns on a grid of 2 x 3 x 3 PEs.
Compute ragged_compute() {
  Compute compute;
  compute.groups = {5, 1, 1, 7};
  compute.rows = {20, 4, 4, 30};
  compute.columns = {40, 3, 3, 47};
  return compute;
}
constexpr PeGrid kGrid{2, 3, 3};

TEST(Slice, covers_every_output_once_in_address_order) {
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> covered;
  std::uint64_t elements = 0;
  for (std::uint32_t pe = 0; pe < 20; ++pe) {
    const ComputeSlice slice = slice_of(ragged_compute(), kGrid, pe);
    if (slice.empty()) continue;
    EXPECT_EQ(slice.elements_before, elements) << pe;
    elements += std::uint64_t{slice.rows} * slice.columns;
    for (std::uint32_t r = 0; r < slice.rows; ++r) {
      for (std::uint32_t c = 0; c < slice.columns; ++c) {
        EXPECT_TRUE(covered.insert({slice.group, slice.first_row + r, slice.first_column + c}).second);
      }
    }
  }
  EXPECT_EQ(covered.size(), 2U * 10 * 7);
  EXPECT_EQ(*covered.begin(), (std::tuple{5U, 20U, 40U}));
  EXPECT_EQ(*covered.rbegin(), (std::tuple{6U, 29U, 46U}));
}

TEST(Slice, of_the_last_pe_of_a_row_is_what_is_left) {
  const ComputeSlice slice = slice_of(ragged_compute(), kGrid, 8);
  EXPECT_EQ(slice.rows, 2U);
  EXPECT_EQ(slice.columns, 1U);
  EXPECT_EQ(slice.first_row, 28U);
  EXPECT_EQ(slice.first_column, 46U);
}

TEST(Slice, is_empty_beyond_the_grid_and_beyond_the_operation) {
  EXPECT_TRUE(slice_of(ragged_compute(), kGrid, 18).empty());
  EXPECT_TRUE(slice_of(ragged_compute(), kGrid, 4000).empty());
  Compute few = ragged_compute();
  few.rows.end = 24;
  EXPECT_FALSE(slice_of(few, kGrid, 0).empty());
  EXPECT_TRUE(slice_of(few, kGrid, 3).empty());
  few.groups.end = 6;
  EXPECT_TRUE(slice_of(few, kGrid, 9).empty());
}

TEST(EvenShare, differs_by_at_most_one_and_leaves_no_gap) {
  for (const std::uint64_t amount : {0ULL, 1ULL, 15ULL, 16ULL, 17ULL, 1000ULL, 1ULL << 60U}) {
    for (const std::uint32_t parts : {1U, 3U, 16U, 4096U}) {
      std::uint64_t next = 0;
      for (std::uint32_t i = 0; i < parts; ++i) {
        const Share share = even_share(amount, i, parts);
        EXPECT_EQ(share.first, next);
        EXPECT_GE(share.count, amount / parts);
        EXPECT_LE(share.count, amount / parts + 1);
        next += share.count;
      }
      EXPECT_EQ(next, amount);
    }
  }
}

TEST(PackedSize, rounds_up_to_bytes) {
  EXPECT_EQ(packed_size(3, 5), 2U);
  EXPECT_EQ(packed_size(8, 9), 9U);
  EXPECT_EQ(packed_size(0, 9), 0U);
}

}  // namespace
}  // namespace lnsim
