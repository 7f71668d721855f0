#include "sim/run/replay/numeric_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

TEST(NumericError, gives_the_ratio_of_signal_to_noise_in_decibels) {
  // Signal 9 + 16 = 25, noise 0.25: a hundred times as much.
  const ErrorFigures figures = compare(std::vector{3.0, 4.5}, std::vector{3.0, 4.0});
  EXPECT_EQ(figures.values, 2u);
  EXPECT_EQ(figures.differing, 1u);
  ASSERT_TRUE(figures.sqnr_db);
  EXPECT_NEAR(*figures.sqnr_db, 20.0, 1e-12);
  EXPECT_EQ(figures.max_error, 0.5);
  EXPECT_EQ(figures.reference_max, 4.0);
  EXPECT_EQ(figures.relative_max_error(), 0.125);
  EXPECT_FALSE(figures.exact());
}

TEST(NumericError, counts_signs_that_flip_but_not_zeros) {
  const double infinity = std::numeric_limits<double>::infinity();
  const ErrorFigures figures = compare(std::vector{1.0, -1.0, 0.0, 2.0, -3.0, infinity},
                                       std::vector{-1.0, 5.0, -1.0, 0.0, -1.0, -1.0});
  EXPECT_EQ(figures.sign_flips, 2u);
}

TEST(NumericError, has_no_ratio_where_nothing_differs) {
  const ErrorFigures figures = compare(std::vector{3.0, -4.0}, std::vector{3.0, -4.0});
  EXPECT_TRUE(figures.exact());
  EXPECT_FALSE(figures.sqnr_db);
  EXPECT_EQ(figures.relative_max_error(), 0.0);
}

TEST(NumericError, has_no_ratio_to_a_reference_of_zeros) {
  const ErrorFigures figures = compare(std::vector{1.0}, std::vector{0.0});
  EXPECT_FALSE(figures.exact());
  EXPECT_FALSE(figures.sqnr_db);
  EXPECT_EQ(figures.max_error, 1.0);
  EXPECT_FALSE(figures.relative_max_error());
}

TEST(NumericError, neither_overflows_nor_vanishes_at_the_ends_of_the_range) {
  const ErrorFigures small = compare(std::vector{1.5e-300}, std::vector{1.0e-300});
  EXPECT_NEAR(*small.sqnr_db, 20 * std::log10(2.0), 1e-9);
  const ErrorFigures large = compare(std::vector{1.5e300}, std::vector{1.0e300});
  EXPECT_NEAR(*large.sqnr_db, 20 * std::log10(2.0), 1e-9);
}

TEST(NumericError, counts_infinities_apart) {
  const double infinity = std::numeric_limits<double>::infinity();
  const ErrorFigures figures = compare(std::vector{infinity, 1.0, std::nan("")}, std::vector{1.0, 1.0, 1.0});
  EXPECT_EQ(figures.not_finite, 2u);
  EXPECT_EQ(figures.differing, 0u);
  EXPECT_FALSE(figures.exact());
}

TEST(NumericError, of_unequal_lengths_is_refused) {
  EXPECT_THROW(compare(std::vector{1.0}, std::vector{1.0, 2.0}), ModelError);
}

}  // namespace
}  // namespace lnsim
