// Steps of optimizers, against values computed by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/run/trace_tools/trace_check.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

using Json = nlohmann::json;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

// Steps of Madam on weights in LNS of 16 bits, gamma 2048: value = 2^((e + k) / 2048).
class OneStep : public testing::Test {
 protected:
  static constexpr int kOffset = -20000;
  static double weight(int code, int sign = 1) { return sign * std::exp2((code + kOffset) / 2048.0); }

  // learning rate 1/16: 128 codes for each unit of g*.
  TraceCheck check(const std::vector<double>& w, const std::vector<double>& g, const std::vector<double>& v,
                   const std::vector<double>& out, int step) {
    const auto n = static_cast<std::int64_t>(w.size());
    recorded_.tensor("w", {n}, w);
    recorded_.tensor("g", {n}, g);
    recorded_.tensor("v", {n}, v);
    recorded_.tensor("new", {n}, out);
    recorded_.operation({{"layer", "fc"},
                         {"op", "update"},
                         {"pass", "update"},
                         {"param", "fc.weight"},
                         {"shape", {n}},
                         {"rule", "madam_int"},
                         {"lr", 0.0625},
                         {"step", step},
                         {"w", "w"},
                         {"dw", "g"},
                         {"v", "v"},
                         {"out", "new"},
                         {"store",
                          {{"format", "LNS"},
                           {"B", 16},
                           {"gamma", 2048},
                           {"k", kOffset},
                           {"kb", -78},
                           {"beta", 0.5},
                           {"g_bound", 10}}}});
    return check_trace(recorded_.read(), {}, kSilent);
  }

  RecordedTrace recorded_{"step"};
};

// The first step has g* = sign(g): v_hat = (1 - beta) g^2 / (1 - beta).
TEST_F(OneStep, moves_every_weight_by_one_unit_against_its_gradient_at_first) {
  const TraceCheck found = check({weight(1000), weight(1000, -1), weight(1000), weight(100), weight(32700)},
                                 {0.5, 0.25, -2, 3, -1}, {0, 0, 0, 0, 0},
                                 {weight(872), weight(1128, -1), weight(1128), weight(0), weight(32767)}, 1);
  EXPECT_TRUE(found.problems.empty()) << found.problems.front().message();
  EXPECT_EQ(found.updates, 1U);
}

// v_hat = (v + g^2) / 2 / (1 - 2^-step): with v = 0, step 30 g / sqrt(v_hat) = sqrt(2), g* = 1; with v = 31
// g^2 1/4, g* = 0; the last quotient is so close to 3/2 that single precision may take either side.
TEST_F(OneStep, may_fall_on_either_side_of_a_midpoint) {
  const double v_of_midpoint = 2 / 2.25 - 1;  // g = 1: sqrt(2 / (v + 1)) = 3/2
  const TraceCheck found =
      check({weight(1000), weight(1000), weight(1000), weight(1000)}, {1, 1, 1, 1},
            {0, 31, v_of_midpoint, v_of_midpoint}, {weight(872), weight(1000), weight(872), weight(744)}, 60);
  EXPECT_TRUE(found.problems.empty()) << found.problems.front().message();
}

TEST_F(OneStep, that_is_another_one_is_a_problem_with_its_line) {
  const TraceCheck found =
      check({weight(1000), weight(1000), 0}, {1, 1, 1}, {0, 0, 0}, {weight(872), weight(870), 0}, 1);
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems.front().message(), (recorded_.folder() / "trace.jsonl").string() +
                                                  ":2: new: got 1 of 3 new weights that are others, by up to "
                                                  "2 codes, expected the step of madam_int from w");
}

TEST_F(OneStep, that_flips_a_sign_is_a_problem) {
  EXPECT_EQ(check({weight(1000)}, {1}, {0}, {weight(872, -1)}, 1).problems.size(), 1U);
}

// One weight of a rule in floating point.
TraceCheck check_weight(Json line, double w, double g, double out, Json state = Json::object()) {
  RecordedTrace recorded("float_step");
  recorded.tensor("w", {1}, {w});
  recorded.tensor("g", {1}, {g});
  recorded.tensor("new", {1}, {out});
  for (const auto& [key, value] : state.items()) {
    recorded.tensor(key, {1}, {value.get<double>()});
    line[key] = key;
  }
  line.update({{"layer", "fc"},
               {"op", "update"},
               {"pass", "update"},
               {"param", "p"},
               {"shape", {1}},
               {"w", "w"},
               {"dw", "g"},
               {"out", "new"}});
  recorded.operation(line);
  return check_trace(recorded.read(), {}, kSilent);
}

// 3 - 1/4 (1/2 8 + 2) = 3/2
TEST(SgdStep, is_the_weight_less_the_rate_times_momentum_and_gradient) {
  const Json line{{"rule", "sgd"}, {"lr", 0.25}, {"momentum", 0.5}, {"step", 7}};
  EXPECT_TRUE(check_weight(line, 3, 2, 1.5, {{"m", 8}}).problems.empty());
  EXPECT_EQ(check_weight(line, 3, 2, 1.5, {{"m", 8}}).updates, 1U);
  const TraceCheck found = check_weight(line, 3, 2, 1.501, {{"m", 8}});
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems.front().got, "1 of 1 new weights that are others, by up to 0.001");
  EXPECT_EQ(found.problems.front().expected, "the step of sgd from w");
}

// Without momentum, and at first, there is no state: 3 - 1/4 2.
TEST(SgdStep, needs_no_state_where_there_is_none) {
  EXPECT_TRUE(check_weight({{"rule", "sgd"}, {"lr", 0.25}, {"momentum", 0}, {"step", 7}}, 3, 2, 2.5)
                  .problems.empty());
  EXPECT_TRUE(check_weight({{"rule", "sgd"}, {"lr", 0.25}, {"momentum", 0.9}, {"step", 1}}, 3, 2, 2.5)
                  .problems.empty());
  const TraceCheck unknown =
      check_weight({{"rule", "sgd"}, {"lr", 0.25}, {"momentum", 0.9}, {"step", 2}}, 3, 2, 2.5);
  EXPECT_EQ(unknown.updates, 0U);
  EXPECT_EQ(unknown.updates_not_recomputed, (std::map<std::string, std::uint64_t>{{"sgd", 1U}}));
}

// Step 2, both decays 1/2: m' = 1/2 4 + 1/2 2 = 3, over 3/4: 4. v' = 1/2 44 + 1/2 4 = 24, over 3/4: 32, with
// g = 2; sqrt(32) + epsilon = 8 for epsilon = 8 - sqrt(32). W - 1/2 4/8 = 1 - 1/4.
TEST(AdamStep, is_the_weight_less_the_rate_times_the_ratio_of_the_corrected_moments) {
  const Json line{
      {"rule", "adam"}, {"lr", 0.5}, {"momentum", 0.5}, {"beta", 0.5}, {"epsilon", 8 - std::sqrt(32.0)},
      {"step", 2}};
  EXPECT_TRUE(check_weight(line, 1, 2, 0.75, {{"m", 4}, {"v", 44}}).problems.empty());
  EXPECT_EQ(check_weight(line, 1, 2, 0.75001, {{"m", 4}, {"v", 44}}).problems.size(), 1U);
  EXPECT_EQ(check_weight(line, 1, 2, 0.75, {{"m", 4}}).updates, 0U);
}

// m' / (1 - momentum) = g and sqrt(v' / (1 - beta)) = |g|: the first step is the rate.
TEST(AdamStep, is_the_rate_at_first) {
  const Json line{{"rule", "adam"}, {"lr", 0.125},  {"momentum", 0.9},
                  {"beta", 0.999},  {"epsilon", 0}, {"step", 1}};
  EXPECT_TRUE(check_weight(line, 1, -3, 1.125).problems.empty());
}

TEST(Updates, of_rules_that_the_trace_does_not_say_enough_of_are_counted) {
  RecordedTrace recorded("rules");
  for (const char* key : {"w", "g", "new"}) recorded.tensor(key, {1}, {1});
  for (const char* rule : {"sgd", "sgd", "adam"}) {
    recorded.operation({{"layer", "fc"},
                        {"op", "update"},
                        {"pass", "update"},
                        {"param", "p"},
                        {"shape", {1}},
                        {"rule", rule},
                        {"w", "w"},
                        {"dw", "g"},
                        {"out", "new"}});
  }
  const TraceCheck found = check_trace(recorded.read(), {}, kSilent);
  EXPECT_EQ(found.updates, 0U);
  EXPECT_EQ(found.updates_not_recomputed, (std::map<std::string, std::uint64_t>{{"sgd", 2U}, {"adam", 1U}}));
  EXPECT_NE(check_text(found, {}).find("2 of rule sgd not recomputed"), std::string::npos);
}

}  // namespace
}  // namespace lnsim
