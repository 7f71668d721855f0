// SCALE-Sim topologies: every form they have in the wild, what is derived from them, and the files of others
// with known answers.
#include "tools/import/scalesim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tools/import/scalesim_topology.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

fs::path data(const std::string& name) {
  return fs::path(LNSIM_SOURCE_DIR) / "tests/data/scalesim" / name;
}

std::string text_of(const TraceOperation& op) {
  return op.layer + " " + std::string(kPassNames[static_cast<std::size_t>(op.pass)]);
}

std::vector<std::string> lines_of(const ImportResult& result) {
  std::vector<std::string> lines;
  for (const TraceOperation& op : result.trace.operations) lines.push_back(text_of(op));
  return lines;
}

const TraceOperation& line_of(const ImportResult& result, const std::string& text) {
  for (const TraceOperation& op : result.trace.operations) {
    if (text_of(op) == text) return op;
  }
  throw std::out_of_range(text);
}

// What is written must be read again: the reader checks shapes and counts against the closed formulas.
void expect_to_be_readable(const ImportResult& result) {
  const fs::path path =
      fs::temp_directory_path() / ("lnsim_scalesim_" + std::to_string(::getpid()) + ".jsonl");
  write_trace(result.trace, path);
  const TraceTotals totals = trace_totals(read_trace(path));
  fs::remove(path);
  EXPECT_EQ(totals.macs, result.totals.macs);
  EXPECT_EQ(totals.updated_values, result.totals.updated_values);
}

TEST(ScaleSimTopology, IsReadAsItIsInTheWild) {
  const auto rows = scalesim::read_topology(data("wild.csv"));
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].layer, "Conv1");
  EXPECT_EQ(rows[1].layer, "Conv2");
  EXPECT_EQ(rows[2].layer, "Conv2_2");
  EXPECT_EQ(rows[2].line, 6);
  EXPECT_EQ(rows[2].conv, (ConvDims{.c = 96, .h = 27, .w = 27, .k = 256, .r = 5, .s = 5, .p = 23, .q = 23}));
}

// ceil((224 - 11 + 4) / 4) = 55 windows, which need 11 + 54 x 4 = 227 pixels: AlexNet's true input.
TEST(ScaleSimTopology, CountsTheWindowThatPassesTheEdgeAsScaleSimDoes) {
  const auto rows = scalesim::read_topology(data("wild.csv"));
  EXPECT_EQ(
      rows[0].conv,
      (ConvDims{.c = 3, .h = 227, .w = 227, .k = 96, .r = 11, .s = 11, .p = 55, .q = 55, .stride = {4, 4}}));
}

TEST(ScaleSimTopology, TakesLayersNamedDpAsDepthwise) {
  const auto rows = scalesim::read_topology(data("wild.csv"));
  EXPECT_EQ(rows[3].conv, (ConvDims{.c = 256,
                                    .h = 13,
                                    .w = 13,
                                    .k = 256,
                                    .r = 3,
                                    .s = 3,
                                    .p = 6,
                                    .q = 6,
                                    .groups = 256,
                                    .stride = {2, 2}}));
}

TEST(ScaleSimTopology, TakesASingleOutputPixelAsAProduct) {
  const auto rows = scalesim::read_topology(data("wild.csv"));
  EXPECT_FALSE(rows[4].conv);
  EXPECT_EQ(rows[4].gemm, (GemmDims{1, 1, 4096, 6 * 6 * 256}));
}

TEST(ScaleSimTopology, TakesAProductWrittenAsAConvolutionAsAProduct) {
  const auto rows = scalesim::read_topology(data("net_input_grad.csv"));
  EXPECT_FALSE(rows[1].conv);
  EXPECT_EQ(rows[1].gemm, (GemmDims{1, 64, 72, 16}));
}

TEST(ScaleSimTopology, ReadsBatchAndSparsityOfTheGemmForm) {
  const auto rows = scalesim::read_topology(data("gemm.csv"));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1].gemm, (GemmDims{8, 128, 128, 64}));
  EXPECT_EQ(rows[2].sparsity, "2:4");
  EXPECT_EQ(rows[3].gemm, (GemmDims{1, 128, 512, 2048}));
}

TEST(ScaleSimTopology, IsToldByItsHeader) {
  EXPECT_TRUE(
      scalesim::has_topology_header("\xef\xbb\xbfLayer name, IFMAP Height, IFMAP Width, Filter Height, "
                                    "Filter Width, Channels, Num Filter, Strides,\nConv1,"));
  EXPECT_TRUE(scalesim::has_topology_header("Layer,M,N,K,\r\n"));
  EXPECT_FALSE(scalesim::has_topology_header("Layer,M,K,N,\n"));
  EXPECT_FALSE(scalesim::has_topology_header("{\"schema\": \"1.0.1\"}"));
  EXPECT_FALSE(scalesim::has_topology_header(""));
}

TEST(ScaleSimImport, IsGuessedFromTheHeader) {
  for (const char* name : {"wild.csv", "gemm.csv", "net_fwd.csv", "net_input_grad.csv"})
    EXPECT_EQ(import_format("", data(name)).name, "scale-sim") << name;
}

TEST(ScaleSimImport, ReadsAPackedFile) {
  const fs::path path =
      fs::temp_directory_path() / ("lnsim_" + std::to_string(::getpid()) + "_weight_grad.csv.gz");
  std::ifstream plain(data("net_weight_grad.csv"), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(plain), {}};
  gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(file);
  const ImportResult result = import_scalesim(path);
  fs::remove(path);
  EXPECT_EQ(result.totals.products, (std::array<std::uint64_t, 3>{0, 0, 3}));
}

TEST(ScaleSimImport, DerivesGradientsAndUpdatesFromTheForwardPass) {
  const ImportResult result = import_scalesim(data("wild.csv"));
  EXPECT_THAT(
      lines_of(result),
      ElementsAre("Conv1 forward", "Conv2 forward", "Conv2_2 forward", "DP_3 forward", "FC forward",
                  "FC weight_gradient", "FC input_gradient", "DP_3 input_gradient", "DP_3 weight_gradient",
                  "Conv2_2 input_gradient", "Conv2_2 weight_gradient", "Conv2 input_gradient",
                  "Conv2 weight_gradient", "Conv1 weight_gradient", "FC weight_update", "DP_3 weight_update",
                  "Conv2_2 weight_update", "Conv2 weight_update", "Conv1 weight_update"));
  const std::uint64_t conv1 = 55 * 55 * 96 * 11 * 11 * 3;
  const std::uint64_t conv2 = 23 * 23 * 256 * 5 * 5 * 96;
  const std::uint64_t rest = 6 * 6 * 256 * 3 * 3 + 4096 * 6 * 6 * 256;
  EXPECT_THAT(result.totals.macs,
              ElementsAre(conv1 + 2 * conv2 + rest, 2 * conv2 + rest, conv1 + 2 * conv2 + rest));
  EXPECT_EQ(result.totals.updated_values,
            96U * 3 * 11 * 11 + 2 * 256 * 96 * 5 * 5 + 256 * 3 * 3 + 4096 * 6 * 6 * 256);
  expect_to_be_readable(result);
}

TEST(ScaleSimImport, TakesABatchedRowAsAProductOfActivationsAndNamesTheSparsity) {
  const ImportResult result = import_scalesim(data("gemm.csv"));
  EXPECT_EQ(line_of(result, "scores forward").op, "bmm");
  EXPECT_THROW(line_of(result, "scores weight_update"), std::out_of_range);
  EXPECT_EQ(result.totals.updated_values, 1536U * 512 + 2048 * 512 + 512 * 2048);
  EXPECT_THAT(result.unmapped, ElementsAre(std::pair<const std::string, std::uint64_t>("sparsity 2:4", 1)));
  expect_to_be_readable(result);
}

TEST(ScaleSimImport, JoinsTheGradientsThatLieBesideTheForwardFile) {
  const ImportResult result = import_scalesim(data("net_fwd.csv"));
  EXPECT_THAT(lines_of(result),
              ElementsAre("stem forward", "block forward", "head forward", "head weight_gradient",
                          "head input_gradient", "block input_gradient", "block weight_gradient",
                          "stem input_gradient", "stem weight_gradient", "head weight_update",
                          "block weight_update", "stem weight_update"));
  EXPECT_EQ(line_of(result, "block input_gradient").gemm, (GemmDims{1, 64, 72, 16}));
  EXPECT_EQ(line_of(result, "block weight_gradient").gemm, (GemmDims{1, 16, 72, 64}));
  EXPECT_THAT(result.totals.macs, ElementsAre(8 * 8 * 9 * (3 * 8 + 8 * 16) + 16 * 10,
                                              64 * (27 * 8 + 72 * 16) + 160, 64 * (27 * 8 + 72 * 16) + 160));
  EXPECT_EQ(result.totals.updated_values, 27U * 8 + 72 * 16 + 16 * 10);
  expect_to_be_readable(result);
}

TEST(ScaleSimImport, TakesAGradientFileAloneAsThatPass) {
  const ImportResult input = import_scalesim(data("net_input_grad.csv"));
  EXPECT_THAT(lines_of(input),
              ElementsAre("head input_gradient", "block input_gradient", "stem input_gradient"));
  const ImportResult weight = import_scalesim(data("net_weight_grad.csv"));
  EXPECT_THAT(lines_of(weight),
              ElementsAre("head weight_gradient", "block weight_gradient", "stem weight_gradient",
                          "head weight_update", "block weight_update", "stem weight_update"));
  EXPECT_EQ(weight.totals.updated_values, 27U * 8 + 72 * 16 + 16 * 10);
  expect_to_be_readable(input);
  expect_to_be_readable(weight);
}

// The topologies that SCALE-Sim comes with.
class ScaleSimFile : public testing::Test {
 protected:
  void open(const std::string& name) {
    path_ = fs::path(LNSIM_SOURCE_DIR) / "../shared/data/scalesim" / name;
    if (!fs::exists(path_))
      GTEST_SKIP() << path_ << " is not there: SCALE-Sim's topologies are an optional test input";
  }

  // SCALE-Sim's own count (topo_calc_hyperparams), without the first layer: that of the input gradients.
  std::pair<std::uint64_t, std::uint64_t> macs_of_convolutions() const {
    std::ifstream file(path_);
    std::string line;
    std::getline(file, line);
    std::uint64_t all = 0;
    std::uint64_t first = 0;
    while (std::getline(file, line)) {
      for (char& c : line) c = c == ',' ? ' ' : c;
      std::istringstream words(line);
      std::string name;
      std::uint64_t h = 0, w = 0, r = 0, s = 0, c = 0, k = 0, step = 1;
      if (!(words >> name >> h >> w >> r >> s >> c >> k >> step)) continue;
      const std::uint64_t rows = (h - r + step + step - 1) / step;
      const std::uint64_t columns = (w - s + step + step - 1) / step;
      all += rows * columns * r * s * c * k;
      if (first == 0) first = all;
    }
    return {all, all - first};
  }

  fs::path path_;
};

TEST_F(ScaleSimFile, Resnet50HasScaleSimsMacs) {
  open("Resnet50.csv");
  if (IsSkipped()) return;
  const auto [all, without_first] = macs_of_convolutions();
  const ImportResult result = import_scalesim(path_);
  EXPECT_THAT(result.totals.macs, ElementsAre(all, without_first, all));
  EXPECT_THAT(result.totals.products, ElementsAre(54, 53, 54));
  // The weights of ResNet-50 without normalisation and biases: 25 557 032 - 2 x 26 560 - 1 000.
  EXPECT_EQ(result.totals.updated_values, 25557032U - 2 * 26560 - 1000);
  EXPECT_TRUE(result.unmapped.empty());
}

TEST_F(ScaleSimFile, AlexnetHasScaleSimsMacs) {
  open("alexnet.csv");
  if (IsSkipped()) return;
  const auto [all, without_first] = macs_of_convolutions();
  EXPECT_THAT(import_scalesim(path_).totals.macs, ElementsAre(all, without_first, all));
}

TEST_F(ScaleSimFile, Gpt2HasTheSumOfMnk) {
  open("gpt2.csv");
  if (IsSkipped()) return;
  const std::uint64_t tokens = 1024, head = 64, width = 1600, projections = 4800, wide = 3072;
  const std::uint64_t macs =
      tokens * (2 * tokens * head + projections * width + width * width + 2 * wide * width);
  const ImportResult result = import_scalesim(path_);
  EXPECT_THAT(result.totals.macs, ElementsAre(macs, macs, macs));
  EXPECT_THAT(result.totals.products, ElementsAre(6, 6, 6));
}

// With the padding that forward files cannot say, the gradients cost what the forward pass of ResNet-50
// costs: 4 089 184 256 multiply-accumulates for an image.
TEST_F(ScaleSimFile, GradientsOfResnet50HaveTheMacsOfTheNetwork) {
  open("resnet_input_grad.csv");
  if (IsSkipped()) return;
  EXPECT_THAT(import_scalesim(path_).totals.macs, ElementsAre(0, 4089184256U, 0));
  open("resnet_weight_grad.csv");
  if (IsSkipped()) return;
  const ImportResult result = import_scalesim(path_);
  EXPECT_THAT(result.totals.macs, ElementsAre(0, 0, 4089184256U));
  EXPECT_EQ(result.totals.updated_values, 25557032U - 2 * 26560 - 1000);
}

}  // namespace
}  // namespace lnsim
