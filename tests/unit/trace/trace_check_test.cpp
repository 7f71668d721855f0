#include "sim/run/trace_tools/trace_check.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/run/report/provenance.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

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

}  // namespace
}  // namespace lnsim
