#include "sim/run/trace_tools/trace_check.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/run/report/provenance.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

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
                                                  ":2: new: got 1 of 3 weights with other codes, up to 2 "
                                                  "apart, expected the step of madam_int from w");
}

TEST_F(OneStep, that_flips_a_sign_is_a_problem) {
  EXPECT_EQ(check({weight(1000)}, {1}, {0}, {weight(872, -1)}, 1).problems.size(), 1U);
}

class ShippedStepsCheck : public testing::Test {
 protected:
  Trace trace_ = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
};

// PyTorch computed what is recorded: an oracle of its own.
TEST_F(ShippedStepsCheck, has_no_problem) {
  const CheckOptions options{.tolerance = 1e-6};
  const TraceCheck found = check_trace(trace_, options, kSilent);
  EXPECT_TRUE(found.problems.empty()) << found.problems.front().message();
  EXPECT_EQ(found.tensors, trace_.tensors.size());
  EXPECT_EQ(found.products, 20U);
  EXPECT_EQ(found.updates, 7U);
  EXPECT_EQ(found.updates_not_recomputed, (std::map<std::string, std::uint64_t>{{"", 13U}}));
  EXPECT_NE(check_text(found, options).find("No problem found."), std::string::npos);
  EXPECT_EQ(check_json(trace_, found, options)["products"]["recomputed"], 20U);
}

TEST_F(ShippedStepsCheck, does_not_follow_from_operands_rounded_otherwise) {
  trace_.header.numerics["A"] = {7, 8};
  EXPECT_FALSE(check_trace(trace_, {}, kSilent).problems.empty());
  trace_.header.numerics["A"] = {8, 8};
  trace_.header.numerics["W"] = {8, 16};
  EXPECT_FALSE(check_trace(trace_, {}, kSilent).problems.empty());
  trace_.header.numerics.clear();
  EXPECT_FALSE(check_trace(trace_, {}, kSilent).problems.empty());
}

TEST_F(ShippedStepsCheck, with_another_learning_rate_has_other_new_weights) {
  for (TraceOperation& op : trace_.operations) {
    if (op.update && op.update->learning_rate) op.update->learning_rate = *op.update->learning_rate / 2;
  }
  EXPECT_EQ(check_trace(trace_, {}, kSilent).problems.size(), 7U);
}

TEST(RealStep, of_other_networks_has_no_problem) {
  const fs::path folder = fs::path(LNSIM_SOURCE_DIR).parent_path() / "shared/data/operands";
  if (!fs::exists(folder)) GTEST_SKIP() << "no recorded networks in " << folder;
  for (const char* name : {"mlp", "cnn", "trf"}) {
    const Trace trace = read_trace(folder / (std::string(name) + "_digits_lns_madam.jsonl"));
    const TraceCheck found = check_trace(trace, {.tolerance = 1e-6}, kSilent);
    EXPECT_TRUE(found.problems.empty()) << found.problems.front().message();
    EXPECT_GT(found.products, 0U);
    EXPECT_GT(found.updates, 0U);
    EXPECT_TRUE(found.updates_not_recomputed.empty());
  }
}

// SHA-256 of "abc": FIPS 180-2, appendix B.1.
TEST(Digests, are_compared_with_the_headers) {
  EXPECT_EQ(text_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  RecordedTrace recorded("digests");
  recorded.operation({{"layer", "r"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {2}}});
  recorded.header["lines_sha256"] = "0";
  const Trace wrong = recorded.read();
  std::ifstream file(wrong.path);
  std::string header, line;
  std::getline(file, header);
  std::getline(file, line);
  const std::string digest = text_hash(line + "\n");
  const TraceCheck found = check_trace(wrong, {}, kSilent);
  EXPECT_EQ(found.digests, 1U);
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems.front().message(),
            wrong.path.string() + ":1: lines_sha256: got " + digest + ", expected \"0\" from the header");
  recorded.header["lines_sha256"] = digest;
  EXPECT_TRUE(check_trace(recorded.read(), {}, kSilent).problems.empty());
}

TEST(Tensors, that_are_not_sound_are_problems_at_their_lines) {
  RecordedTrace recorded("unsound");
  recorded.operation({{"layer", "r"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {2}}});
  recorded.tensor("whole", {2}, {1, 2});
  recorded.tensor("nan", {2}, {1, std::nan("")});
  recorded.tensor("gone", {2}, {1, 2});
  recorded.tensor("short", {2}, {1, 2});
  recorded.overwrite("short", {3}, {1, 2, 3});
  fs::remove(recorded.folder() / "gone.npy");
  const Trace trace = recorded.read();
  const TraceCheck found = check_trace(trace, {}, kSilent);
  EXPECT_EQ(found.tensors, 1U);
  ASSERT_EQ(found.problems.size(), 3U);
  const std::string path = trace.path.string();
  EXPECT_EQ(found.problems[0].message(), path + ":4: nan: got nan at [1], expected finite numbers");
  EXPECT_EQ(found.problems[1].message(),
            path + ":5: gone: got no such file, expected the tensor's .npy file");
  EXPECT_EQ(found.problems[2].message(),
            path + ":6: short: got shape [3], expected shape [2] from the manifest");
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
