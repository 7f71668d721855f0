#include "tools/characterise/switching_fit.h"

#include <gtest/gtest.h>

#include "tools/characterise/design.h"

namespace lnsim::characterise {
namespace {

TEST(NonNegativeLeastSquares, SolvesEquationsThatHaveASolution) {
  const std::vector<double> x = non_negative_least_squares({{1, 2}, {3, 1}, {1, 1}}, {8, 9, 5});
  EXPECT_NEAR(x[0], 2, 1e-9);
  EXPECT_NEAR(x[1], 3, 1e-9);
}

// Without the bound x = (-1, 2); on it the sum over both equations (y - 1)^2 + (y - 3)^2 is smallest at 2.
TEST(NonNegativeLeastSquares, StaysOnTheBoundWhereTheSolutionIsNegative) {
  const std::vector<double> x = non_negative_least_squares({{1, 1}, {-1, 1}}, {1, 3});
  EXPECT_EQ(x[0], 0);
  EXPECT_NEAR(x[1], 2, 1e-9);
}

TEST(NonNegativeLeastSquares, LeavesOutWhatNeverOccurs) {
  const std::vector<double> x = non_negative_least_squares({{0, 2}, {0, 4}}, {1, 2});
  EXPECT_EQ(x[0], 0);
  EXPECT_NEAR(x[1], 0.5, 1e-9);
}

Window window(double slots, double product_bits, double sum_bits) {
  Window result;
  result.switching[static_cast<std::size_t>(arith::Switching::slots)] = slots;
  result.switching[static_cast<std::size_t>(arith::Switching::product_bits)] = product_bits;
  result.switching[static_cast<std::size_t>(arith::Switching::sum_bits)] = sum_bits;
  // Products: 3 fJ a slot, half of them clock, and 2 fJ a bit; collector: 1 fJ a slot and 5 fJ a bit. Leakage
  // is no part of the model.
  result.by_block = {
      {2 * product_bits, 0, 1.5 * slots, 100}, {1.5 * slots, 0, 0, 100}, {0, 5 * sum_bits, slots, 100}};
  return result;
}

DesignResult lane() {
  DesignResult result;
  result.blocks = {{"multiply"}, {kRegisters}, {kCollector}};
  StreamResult training, seen;
  training.stream = "training";
  training.windows = {window(4, 10, 3), window(4, 2, 6), window(4, 7, 1), window(4, 0, 0)};
  seen.stream = "seen";
  seen.role = StreamRole::held_out;
  seen.windows = {window(4, 20, 9)};
  result.streams = {training, seen};
  return result;
}

TEST(SwitchingFit, FindsTheCoefficientsOfALinearLane) {
  const SwitchingFit fit = fit_switching(lane());
  const auto of = [](const SwitchingCoefficients& c, arith::Switching what) {
    return c[static_cast<std::size_t>(what)];
  };
  EXPECT_NEAR(of(fit.products, arith::Switching::slots), 3, 1e-6);
  EXPECT_NEAR(of(fit.products, arith::Switching::product_bits), 2, 1e-6);
  EXPECT_NEAR(of(fit.products, arith::Switching::sum_bits), 0, 1e-6);
  EXPECT_NEAR(of(fit.accumulation, arith::Switching::slots), 1, 1e-6);
  EXPECT_NEAR(of(fit.accumulation, arith::Switching::sum_bits), 5, 1e-6);
  const HeldOutError error = held_out_error(fit);
  EXPECT_EQ(error.streams, 1U);
  EXPECT_NEAR(error.worst, 0, 1e-6);
}

// 4 slots, 20 product bits, 9 sum bits are 12 + 40 and 4 + 45 fJ: 101 fJ, of which the gates here take twice.
TEST(SwitchingFit, IsJudgedByTheStreamsHeldOut) {
  DesignResult off = lane();
  for (CycleEnergy& block : off.streams[1].windows[0].by_block) block = block.times(2);
  const HeldOutError error = held_out_error(fit_switching(off));
  EXPECT_NEAR(error.mean, 0.5, 1e-6);
  EXPECT_NEAR(error.worst, 0.5, 1e-6);
}

}  // namespace
}  // namespace lnsim::characterise
