#include "models/arith/lns_multiply.h"

#include <gtest/gtest.h>

namespace lnsim::arith {
namespace {

TEST(LnsMultiply, exponents_add_signs_xor_and_zero_wins) {
  EXPECT_EQ(multiply({false, false, 127}, {false, true, 127}), (LnsNumber{false, true, 254}));
  EXPECT_EQ(multiply({false, true, 3}, {false, true, 4}), (LnsNumber{false, false, 7}));
  EXPECT_EQ(multiply({true, false, 0}, {false, true, 4}), (LnsNumber{true, false, 0}));
  EXPECT_EQ(multiply({false, true, 4}, {true, false, 0}), (LnsNumber{true, false, 0}));
}

TEST(LnsMultiply, values_of_all_pairs_multiply) {
  const FormatParameters parameters{.bits = 6, .gamma = 4};
  const auto format = make_format(parameters);
  const LnsLayout layout(parameters);
  for (Code a = 0; a < 64; ++a) {
    for (Code b = 0; b < 64; ++b) {
      const LnsNumber p = multiply(layout.decode(a), layout.decode(b));
      // 2^(p/4) = 2^(e/4) * 2^((p-e)/4) with e within the format.
      const double value = p.zero ? 0 : format->value(layout.encode(false, 2), {p.exponent - 2});
      const double expected = format->value(a, {}) * format->value(b, {});
      ASSERT_NEAR(p.negative ? -value : value, expected, 1e-15 * value) << a << " * " << b;
    }
  }
}

TEST(LnsMultiply, operands_of_different_bases_align_to_the_larger_gamma) {
  const LnsLayout coarse({.bits = 6, .gamma = 2});
  const LnsLayout fine({.bits = 8, .gamma = 8});
  const LnsNumber product =
      multiply(align(coarse.decode(coarse.encode(true, 5)), coarse, 3), align(fine.decode(7), fine, 3));
  EXPECT_EQ(product, (LnsNumber{false, true, 27}));  // 5/2 + 7/8 octaves
}

}  // namespace
}  // namespace lnsim::arith
