#include "sim/run/sweep/rules.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

Json question(const std::vector<std::string>& constraints) {
  return {{"has_reference", false},
          {"constraints", constraints},
          {"objectives",
           {{{"expression", "cycles"}, {"goal", "min"}},
            {{"expression", "utilisation"}, {"goal", "max"}},
            {{"expression", "forward_sqnr_db"}, {"goal", "max"}}}}};
}

SweepPoint estimated_point() {
  SweepPoint point;
  point.config = Json::object();
  point.estimated = true;
  at(point.result.metrics, Metric::cycles) = 1000.0;
  at(point.result.metrics, Metric::utilisation) = 0.5;
  at(point.result.metrics, Metric::forward_sqnr_db) = 30.0;
  return point;
}

TEST(SweepRules, MakeEstimatesBetterByTheMarginAndLeaveTheRest) {
  SweepRules rules(question({}), {});
  EXPECT_EQ(rules.goals(estimated_point()), (Goals{1000.0, -0.5, -30.0}));
  const auto best = rules.best_goals(estimated_point(), rules.equal_margins(0.1));
  ASSERT_TRUE(best.has_value());
  EXPECT_DOUBLE_EQ((*best)[0], 900.0);
  EXPECT_DOUBLE_EQ((*best)[1], -0.55);
  EXPECT_EQ((*best)[2], -30.0);
}

TEST(SweepRules, LetThroughWhatConstraintsMayAllowWithinTheMargin) {
  const auto allows = [](const std::string& constraint) {
    SweepRules rules(question({constraint}), {});
    EXPECT_FALSE(rules.goals(estimated_point()).has_value()) << constraint;
    return rules.best_goals(estimated_point(), rules.equal_margins(0.1)).has_value();
  };
  EXPECT_TRUE(allows("cycles <= 901"));
  EXPECT_FALSE(allows("cycles <= 899"));
  EXPECT_TRUE(allows("cycles >= 1099"));
  EXPECT_FALSE(allows("forward_sqnr_db >= 30.5"));
}

TEST(SweepRules, HaveNoGoalsForPointsThatFailed) {
  SweepRules rules(question({}), {});
  SweepPoint point = estimated_point();
  point.result.error = "too small";
  EXPECT_FALSE(rules.best_goals(point, rules.equal_margins(0.1)).has_value());
}

}  // namespace
}  // namespace lnsim
