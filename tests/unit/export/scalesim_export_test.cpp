// Exported topologies, read as SCALE-Sim reads them and imported again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "sim/base/output_file.h"
#include "sim/run/trace/trace_totals.h"
#include "sim/run/workload/training_tape.h"
#include "sim/run/workload/workload.h"
#include "tools/export/scalesim.h"
#include "tools/import/scalesim.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// topology_utils.py: the first line is skipped; what stands behind the last comma of a row is dropped; the
// first eight fields are name and integers; DP in the name runs the channels one by one; a filter must fit
// its input; outputs are ceil((input - filter + stride) / stride).
std::uint64_t macs_in_scalesim(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::uint64_t macs = 0;
  while (std::getline(lines, line)) {
    const std::size_t last = line.rfind(',');
    EXPECT_NE(last, std::string::npos) << line;
    std::istringstream cells(line.substr(0, last));
    std::string name, cell;
    std::getline(cells, name, ',');
    std::vector<std::uint64_t> v;
    while (std::getline(cells, cell, ',')) v.push_back(std::stoull(cell));
    EXPECT_EQ(v.size(), 7U) << line;
    const std::uint64_t height = v[0], width = v[1], filter_height = v[2], filter_width = v[3], step = v[6];
    EXPECT_LE(filter_height, height) << line;
    EXPECT_LE(filter_width, width) << line;
    const std::uint64_t rows = (height - filter_height + step + step - 1) / step;
    const std::uint64_t columns = (width - filter_width + step + step - 1) / step;
    const bool apart = name.find("DP") != std::string::npos;
    const std::uint64_t channels = apart ? 1 : v[4];
    const std::uint64_t times = apart ? v[4] : 1;
    macs += times * rows * columns * filter_height * filter_width * channels * v[5];
  }
  return macs;
}

Trace trace_of(const TrainingTape& tape) {
  Trace trace;
  trace.operations = tape.iteration();
  return trace;
}

TrainingTape everything() {
  TrainingTape tape;
  tape.convolution("stem, 7x7",
                   {.c = 3,
                    .h = 224,
                    .w = 224,
                    .k = 64,
                    .r = 7,
                    .s = 7,
                    .p = 112,
                    .q = 112,
                    .stride = {2, 2},
                    .pad = {3, 3}},
                   InputGradient::not_needed);
  tape.vector("relu", "relu", {1, 64, 112, 112});
  tape.convolution("DPdepthwise",
                   {.c = 64,
                    .h = 112,
                    .w = 112,
                    .k = 128,
                    .r = 3,
                    .s = 3,
                    .p = 112,
                    .q = 112,
                    .groups = 64,
                    .pad = {1, 1}},
                   InputGradient::needed);
  tape.convolution(
      "grouped",
      {.c = 128, .h = 112, .w = 112, .k = 64, .r = 3, .s = 3, .p = 112, .q = 112, .groups = 4, .pad = {1, 1}},
      InputGradient::needed);
  tape.convolution("dilated",
                   {.n = 2,
                    .c = 8,
                    .h = 20,
                    .w = 20,
                    .k = 8,
                    .r = 3,
                    .s = 3,
                    .p = 16,
                    .q = 18,
                    .stride = {1, 1},
                    .dilation = {2, 1}},
                   InputGradient::needed);
  tape.convolution("oblong",
                   {.c = 8, .h = 20, .w = 20, .k = 8, .r = 2, .s = 2, .p = 10, .q = 19, .stride = {2, 1}},
                   InputGradient::needed);
  tape.batched_product("scores", {12, 128, 100, 64});
  tape.linear("head", {32, 100, 10});
  return tape;
}

class ScaleSimExportTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("lnsim_export_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void expect_equal_macs(const Trace& trace) const {
    const TraceTotals totals = trace_totals(trace);
    const ScaleSimExport exported = export_scalesim(trace);
    ASSERT_EQ(exported.files.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(macs_in_scalesim(exported.files[i].text), totals.macs[i]) << exported.files[i].ending;
      EXPECT_EQ(exported.files[i].macs, totals.macs[i]);
      EXPECT_EQ(exported.files[i].rows, totals.products[i]);
      write_file(folder_ / ("net" + exported.files[i].ending), exported.files[i].text);
    }
    const ImportResult again = import_scalesim(folder_ / "net_fwd.csv");
    EXPECT_EQ(again.totals.macs, totals.macs);
    EXPECT_EQ(again.totals.products, totals.products);
  }

  fs::path folder_;
};

TEST_F(ScaleSimExportTest, HasTheMacsOfEveryPassInScaleSimAndWhenImportedAgain) {
  expect_equal_macs(trace_of(everything()));
}

TEST_F(ScaleSimExportTest, HasTheMacsOfWholeNetworks) {
  expect_equal_macs(make_workload("resnet18", {}).trace);
  expect_equal_macs(make_workload("resnet50", {.batch = 2}).trace);
  expect_equal_macs(make_workload("bert-base", {.batch = 2, .layers = 2}).trace);
}

TEST_F(ScaleSimExportTest, WritesConvolutionsAsScaleSimHasThem) {
  const std::string text = export_scalesim(trace_of(everything())).files[0].text;
  EXPECT_EQ(
      text,
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
      "stem__7x7, 229, 229, 7, 7, 3, 64, 2,\n"
      "Dpdepthwise_DP, 114, 114, 3, 3, 64, 2, 1,\n"
      "grouped_DP, 12544, 288, 1, 288, 4, 16, 1,\n"
      "dilated, 576, 72, 1, 72, 1, 8, 1,\n"
      "oblong, 190, 32, 1, 32, 1, 8, 1,\n"
      "scores_DP, 128, 64, 1, 64, 12, 100, 1,\n"
      "head, 32, 100, 1, 100, 1, 10, 1,\n");
}

TEST_F(ScaleSimExportTest, NamesWhatTheFormatCannotSay) {
  const ScaleSimExport exported = export_scalesim(trace_of(everything()));
  EXPECT_THAT(exported.left_out, ElementsAre(std::pair<const std::string, std::uint64_t>("relu", 2),
                                             std::pair<const std::string, std::uint64_t>("sum", 1),
                                             std::pair<const std::string, std::uint64_t>("update", 7)));
}

TEST_F(ScaleSimExportTest, RefusesATraceWithoutProducts) {
  TrainingTape tape;
  tape.vector("relu", "relu", {1, 64});
  EXPECT_THROW(export_scalesim(trace_of(tape)), UserError);
}

}  // namespace
}  // namespace lnsim
