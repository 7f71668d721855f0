#include "sim/run/trace_tools/trace_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

using Json = nlohmann::json;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

Json linear(const char* layer, int m, int n, int k) {
  return {{"layer", layer}, {"op", "linear"}, {"pass", "fwd"}, {"gemm", {{"M", m}, {"N", n}, {"K", k}}}};
}
Json relu(const char* layer) {
  return {{"layer", layer}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {4}}};
}

class TwoTraces : public testing::Test {
 protected:
  TraceDiff diff() const { return diff_traces(a_.read(), b_.read(), kSilent); }

  RecordedTrace a_{"diff_a"}, b_{"diff_b"};
};

TEST_F(TwoTraces, that_are_equal_have_no_difference_wherever_they_are_from) {
  for (RecordedTrace* trace : {&a_, &b_}) {
    trace->operation(linear("fc", 2, 3, 4));
    trace->tensor("x", {2}, {1, 2});
  }
  a_.header["source"] = "one recorder";
  b_.header["source"] = "another";
  EXPECT_TRUE(diff().equal());
  EXPECT_EQ(diff_text(diff()), "No difference.\n");
  EXPECT_EQ(diff_json(a_.read(), b_.read(), diff())["equal"], true);
}

TEST_F(TwoTraces, differ_in_operations_that_only_one_of_them_has) {
  a_.operation(relu("first"));
  a_.operation(relu("both"));
  b_.operation(relu("both"));
  b_.operation(relu("last"));
  const TraceDiff found = diff();
  EXPECT_FALSE(found.reordered);
  EXPECT_EQ(diff_text(found),
            "- first relu forward\n+ last relu forward\n2 operations and 0 tensors differ\n");
  const auto json = diff_json(a_.read(), b_.read(), found);
  EXPECT_EQ(json["operations"][0]["change"], "removed");
  EXPECT_EQ(json["operations"][1]["change"], "added");
}

TEST_F(TwoTraces, differ_in_the_values_of_a_line) {
  a_.operation(linear("fc", 2, 3, 4));
  b_.operation(linear("fc", 2, 3, 5));
  a_.header["lr"] = 0.5;
  EXPECT_EQ(diff_text(diff()),
            "~ header\n      lr: 0.5 -> nothing\n"
            "~ fc linear forward\n      gemm.K: 4 -> 5\n      macs: 24 -> 30\n"
            "1 operations and 0 tensors differ\n");
}

TEST_F(TwoTraces, pair_operations_of_one_name_in_their_order) {
  a_.operation(linear("shared", 2, 3, 4));
  a_.operation(linear("shared", 5, 3, 4));
  b_.operation(linear("shared", 2, 3, 4));
  b_.operation(linear("shared", 6, 3, 4));
  b_.operation(linear("shared", 7, 3, 4));
  const TraceDiff found = diff();
  ASSERT_EQ(found.operations.size(), 2U);
  EXPECT_EQ(found.operations[0].values.front().path, "gemm.M");
  EXPECT_EQ(found.operations[0].values.front().b, 6);
  EXPECT_EQ(found.operations[1].change, Change::added);
}

TEST_F(TwoTraces, differ_in_the_order_of_what_both_have) {
  a_.operation(relu("first"));
  a_.operation(relu("second"));
  b_.operation(relu("second"));
  b_.operation(relu("first"));
  EXPECT_TRUE(diff().reordered);
  EXPECT_TRUE(diff().operations.empty());
  EXPECT_FALSE(diff().equal());
  EXPECT_EQ(diff_json(a_.read(), b_.read(), diff())["reordered"], true);
}

TEST_F(TwoTraces, differ_in_tensors_by_value_shape_and_presence) {
  a_.operation(relu("r"));
  b_.operation(relu("r"));
  a_.tensor("gone", {1}, {1});
  b_.tensor("new", {1}, {1});
  a_.tensor("same", {3}, {1, 2, 3});
  b_.tensor("same", {3}, {1, 2, 3});
  a_.tensor("shape", {2, 2}, {1, 2, 3, 4});
  b_.tensor("shape", {4}, {1, 2, 3, 4});
  a_.tensor("value", {4}, {1, 2, -4, 0});
  b_.tensor("value", {4}, {1, 1.5, -3, 0});
  const TraceDiff found = diff();
  ASSERT_EQ(found.tensors.size(), 4U);
  const ErrorFigures& figures = *found.tensors[2].figures;
  EXPECT_EQ(figures.differing, 2U);
  EXPECT_EQ(figures.max_error, 1);
  EXPECT_EQ(figures.relative_max_error(), 0.25);
  EXPECT_EQ(diff_text(found),
            "- tensor gone\n"
            "~ tensor shape\n      shape: [2,2] -> [4]\n"
            "~ tensor value\n      2 of 4 values differ, by up to 1, 0.25 of the largest magnitude\n"
            "+ tensor new\n"
            "0 operations and 4 tensors differ\n");
  EXPECT_EQ(diff_json(a_.read(), b_.read(), found)["tensors"][2]["relative_max_difference"], 0.25);
}

TEST(TraceDiff, of_the_shipped_step_with_itself_is_none) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  EXPECT_TRUE(diff_traces(trace, trace, kSilent).equal());
}

}  // namespace
}  // namespace lnsim
