// `lnsim export` from the outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/cli/lnsim_with.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class ExportCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("lnsim_export_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    // One small matrix product, forward and backward.
    trace_ = (folder_ / "small.jsonl").string();
    std::ofstream(trace_)
        << R"({"format":"lns-layertrace/1","model":"small"})" << '\n'
        << R"({"i":0,"layer":"fc","op":"linear","pass":"fwd","gemm":{"M":8,"N":10,"K":64}})" << '\n'
        << R"({"i":1,"layer":"fc","op":"relu","pass":"bwd","shape":[8,10]})" << '\n'
        << R"({"i":2,"layer":"fc","op":"linear","pass":"bwd_weight","gemm":{"M":10,"N":64,"K":8}})" << '\n';
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  std::string trace_;
  const std::string config_ = (fs::path(LNSIM_SOURCE_DIR) / "configs/accelerators/lns-madam.yaml").string();
};

TEST_F(ExportCommand, WritesAScaleSimFilePerPassAndSaysWhatIsLeftOut) {
  const std::string prefix = (folder_ / "net").string();
  const Outcome outcome = lnsim_with({"export", "scale-sim", trace_, "--out", prefix});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "Written: " + prefix + "_fwd.csv: 1 layers, 5 120 MACs\nWritten: " + prefix +
                "_weight_grad.csv: 1 layers, 5 120 MACs\nLeft out, because SCALE-Sim has products "
                "only:\n  relu (1 times)\n");
  EXPECT_FALSE(fs::exists(prefix + "_input_grad.csv"));
  const std::string header =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";
  EXPECT_EQ(text_of(prefix + "_fwd.csv"), header + "fc, 8, 64, 1, 64, 1, 10, 1,\n");
  EXPECT_EQ(text_of(prefix + "_weight_grad.csv"), header + "fc, 64, 8, 1, 8, 1, 10, 1,\n");
}

TEST_F(ExportCommand, PrintsWhatItWroteAsJson) {
  const std::string prefix = (folder_ / "net").string();
  const Json json = Json::parse(lnsim_with({"export", "scale-sim", trace_, "--out", prefix, "--json"}).out);
  EXPECT_EQ(json.at("files").at(0).at("macs"), 5120);
  EXPECT_EQ(json.at("left_out"), Json::parse(R"([{"operator":"relu","count":1}])"));
}

TEST_F(ExportCommand, WritesTheWorkloadOfAstraSim) {
  const std::string file = (folder_ / "net.txt").string();
  const Outcome outcome = lnsim_with({"export", "astra-sim", config_, trace_, "--out", file, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string text = text_of(file);
  EXPECT_EQ(text.rfind("DATA\n1\nfc\t-1\t", 0), 0U) << text;
  EXPECT_GT(Json::parse(outcome.out).at("cycles"), 0);
}

TEST_F(ExportCommand, WritesTheTraceOfDramSys) {
  const std::string file = (folder_ / "net.stl").string();
  const Outcome outcome = lnsim_with(
      {"export", "dramsys", config_, trace_, "--out", file, "--operation", "fc:forward", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string text = text_of(file);
  EXPECT_EQ(text.rfind("# clkMhz 1050\n", 0), 0U) << text.substr(0, 200);
  const Json json = Json::parse(outcome.out);
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(json.at("reads").get<std::uint64_t>() + json.at("writes").get<std::uint64_t>() + 3, lines);
}

TEST_F(ExportCommand, RefusesAnOperationThatTheTraceHasNotAndLeavesNoFile) {
  const std::string file = (folder_ / "net.stl").string();
  const Outcome outcome =
      lnsim_with({"export", "dramsys", config_, trace_, "--out", file, "--operation", "fc:foward"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(
      outcome.err,
      "--operation: got fc:foward, expected LAYER:PASS of the trace, or the number of one of its operations: "
      "did you mean fc:forward?\n");
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(ExportCommand, RefusesAPlaceThatTakesNoFiles) {
  for (const char* format : {"astra-sim", "dramsys"}) {
    const Outcome outcome = lnsim_with({"export", format, config_, trace_, "--out", folder_.string()});
    EXPECT_EQ(outcome.exit_code, 1) << format;
    EXPECT_EQ(outcome.err, folder_.string() + ": got Is a directory, expected a file that can be written\n");
  }
}

TEST_F(ExportCommand, NamesItsFormatsWhenNoneIsGiven) {
  const Outcome outcome = lnsim_with({"export"});
  EXPECT_EQ(outcome.exit_code, 1);
  const std::string help = lnsim_with({"export", "--help"}).out;
  for (const char* format : {"scale-sim", "astra-sim", "dramsys"})
    EXPECT_NE(help.find(format), std::string::npos);
}

}  // namespace
}  // namespace lnsim
