// `lnsim trace` from the outside.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/cli/lnsim_with.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Outcome lnsim_trace(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "trace");
  return lnsim_with(arguments);
}

class TraceCli : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::temp_directory_path() / ("lnsim_trace_cli_" + std::to_string(::getpid()));
  const std::string trace_ = LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl";
  const std::string part_ = (folder_ / "part.jsonl").string();
};

TEST_F(TraceCli, has_help_with_examples_for_every_subcommand) {
  EXPECT_NE(lnsim_trace({"--help"}).out.find("Examples"), std::string::npos);
  for (const char* command : {"info", "stats", "check", "diff", "cut"}) {
    const Outcome outcome = lnsim_trace({command, "--help"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("Examples"), std::string::npos) << command;
  }
  EXPECT_EQ(lnsim_trace({}).exit_code, 1);
}

TEST_F(TraceCli, prints_one_json_object_where_asked_to) {
  EXPECT_EQ(Json::parse(lnsim_trace({"info", trace_, "--json"}).out)["updated_parameters"], 20);
  const Json statistics =
      Json::parse(lnsim_trace({"stats", trace_, "--formats", "int8,lns8g8", "--json"}).out);
  EXPECT_EQ(statistics["formats"].size(), 2U);
  EXPECT_FALSE(statistics.contains("layers"));
  EXPECT_TRUE(Json::parse(lnsim_trace({"check", trace_, "--json"}).out)["problems"].empty());
  EXPECT_EQ(Json::parse(lnsim_trace({"diff", trace_, trace_, "--json"}).out)["equal"], true);
  EXPECT_EQ(
      Json::parse(lnsim_trace({"cut", trace_, "--layers", "fc", "--out", part_, "--json"}).out)["tensors"],
      11);  // x, y, w, w_new, dx, dy, dw, dwq, v, v_new, the bias
}

TEST_F(TraceCli, stats_by_layer_names_layers_and_draws_a_picture) {
  const std::string svg = (folder_ / "s.svg").string();
  const Outcome outcome = lnsim_trace({"stats", trace_, "--by-layer", "--formats", "fp8_e4m3", "--svg", svg});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("block2.down"), std::string::npos);
  EXPECT_NE(outcome.out.find("Written: " + svg), std::string::npos);
  EXPECT_GT(fs::file_size(svg), 1000U);
}

TEST_F(TraceCli, stats_refuses_formats_that_do_not_exist_before_it_reads) {
  const Outcome outcome = lnsim_trace({"stats", "nowhere.jsonl", "--formats", "posit8"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "format: got posit8, expected lnsBgGAMMA, intB, eXmY, fp8_e4m3, fp8_e5m2, bf16, fp16 or fp32\n");
}

TEST_F(TraceCli, check_exits_with_1_and_every_problem) {
  const Outcome sound = lnsim_trace({"check", trace_});
  EXPECT_EQ(sound.exit_code, 0);
  EXPECT_EQ(sound.err, "");
  ASSERT_EQ(lnsim_trace({"cut", trace_, "--passes", "forward", "--out", part_}).exit_code, 0);
  // Without the storage of their weights products are others: six of seven are off by more than 1 %.
  const Outcome outcome = lnsim_trace({"check", part_, "--tolerance", "0.01"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 6);
  EXPECT_EQ(outcome.err.rfind(part_ + ":", 0), 0U) << outcome.err;
  EXPECT_NE(outcome.out.find("6 problems"), std::string::npos);
}

TEST_F(TraceCli, diff_exits_with_0_for_equal_traces_and_with_1_for_others) {
  EXPECT_EQ(lnsim_trace({"diff", trace_, trace_}).exit_code, 0);
  ASSERT_EQ(lnsim_trace({"cut", trace_, "--operations", "0:9", "--out", part_}).exit_code, 0);
  const Outcome outcome = lnsim_trace({"diff", trace_, part_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "");
  // 61 are not in the part, and 7 operators without a product lose how values flow through them.
  EXPECT_NE(outcome.out.find("68 operations and"), std::string::npos) << outcome.out;
}

TEST_F(TraceCli, cut_names_what_is_wrong_with_its_arguments) {
  const auto message = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"cut", trace_, "--out", part_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = lnsim_trace(arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(message({"--passes", "fwd"}),
            "--passes: got fwd, expected one of forward, input_gradient, weight_gradient, backward, "
            "weight_update\n");
  for (const char* range : {"5", "5:", ":5", "9:5", "1:2:3", "a:b", "-1:5"})
    EXPECT_EQ(message({std::string("--operations=") + range}),
              std::string("--operations: got ") + range + ", expected FIRST:LAST, such as 0:9\n");
}

}  // namespace
}  // namespace lnsim
