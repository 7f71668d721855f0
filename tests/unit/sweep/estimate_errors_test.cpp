#include "sim/run/sweep/estimate_errors.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

SweepRules rules() {
  return {{{"has_reference", false},
           {"constraints", nlohmann::ordered_json::array()},
           {"objectives",
            {{{"expression", "energy_pj"}, {"goal", "min"}},
             {{"expression", "cycles * energy_pj"}, {"goal", "min"}},
             {{"expression", "forward_sqnr_db"}, {"goal", "max"}}}}},
          {}};
}

SweepPoint point(double cycles, double energy) {
  SweepPoint point;
  point.config = nlohmann::ordered_json::object();
  at(point.result.metrics, Metric::cycles) = cycles;
  at(point.result.metrics, Metric::energy_pj) = energy;
  at(point.result.metrics, Metric::forward_sqnr_db) = 30.0;
  return point;
}

TEST(EstimateErrors, AreMeansAndTheWorstOfSharesOfSimulatedValues) {
  SweepRules of_sweep = rules();
  EstimateErrors errors;
  errors.add(point(110, 200), point(100, 200), of_sweep);
  errors.add(point(190, 202), point(200, 200), of_sweep);
  EXPECT_EQ(errors.points, 2U);
  EXPECT_DOUBLE_EQ(errors.cycles.mean, 0.075);
  EXPECT_DOUBLE_EQ(errors.cycles.worst, 0.1);
  EXPECT_DOUBLE_EQ(errors.energy.mean, 0.005);
  EXPECT_DOUBLE_EQ(errors.energy.worst, 0.01);
}

TEST(EstimateErrors, GiveTwiceTheWorstAsMargins) {
  SweepRules of_sweep = rules();
  EstimateErrors errors;
  EXPECT_EQ(errors.margins().metrics, 0.0);
  EXPECT_TRUE(errors.margins().objectives.empty());
  errors.add(point(110, 202), point(100, 200), of_sweep);
  const EstimateMargins margins = errors.margins();
  EXPECT_DOUBLE_EQ(margins.metrics, 0.2);
  ASSERT_EQ(margins.objectives.size(), 3U);
  EXPECT_DOUBLE_EQ(margins.objectives[0], 0.02);
  EXPECT_NEAR(margins.objectives[1], 2 * (1.1 * 1.01 - 1), 1e-12);
  EXPECT_EQ(margins.objectives[2], 0.0);
}

TEST(EstimateErrors, LeaveOutPointsThatFail) {
  SweepRules of_sweep = rules();
  EstimateErrors errors;
  SweepPoint failed = point(1, 1);
  failed.result = {"a deadlock", {}, {}};
  errors.add(point(1, 1), failed, of_sweep);
  EXPECT_EQ(errors.points, 0U);
}

}  // namespace
}  // namespace lnsim
