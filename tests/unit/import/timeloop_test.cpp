// Timeloop problems: what each form becomes, with multiply-accumulates that are the product of the bounds.
#include "tools/import/timeloop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

ImportResult imported(const std::string& name) {
  return import_timeloop(fs::path(LNSIM_SOURCE_DIR) / "tests/data/timeloop" / name);
}

const TraceOperation& forward_of(const ImportResult& result, const std::string& layer) {
  for (const TraceOperation& op : result.trace.operations) {
    if (op.layer == layer && op.pass == Pass::forward) return op;
  }
  throw std::out_of_range(layer);
}

// What is written must be read again: the reader checks shapes and counts against the closed formulas.
void expect_to_be_readable(const ImportResult& result) {
  const fs::path path =
      fs::temp_directory_path() / ("lnsim_timeloop_" + std::to_string(::getpid()) + ".jsonl");
  write_trace(result.trace, path);
  const TraceTotals totals = trace_totals(read_trace(path));
  fs::remove(path);
  EXPECT_EQ(totals.macs, result.totals.macs);
  EXPECT_EQ(totals.updated_values, result.totals.updated_values);
}

TEST(TimeloopImport, ReadsAConvolutionOfVersion04) {
  const ImportResult result = imported("strided.yaml");
  EXPECT_EQ(
      forward_of(result, "strided").conv,
      (ConvDims{.c = 3, .h = 225, .w = 225, .k = 32, .r = 3, .s = 3, .p = 112, .q = 112, .stride = {2, 2}}));
  const std::uint64_t macs = 3U * 32 * 112 * 112 * 3 * 3;
  EXPECT_THAT(result.totals.macs, ElementsAre(macs, macs, macs));
  EXPECT_EQ(result.totals.updated_values, 32U * 3 * 3 * 3);
  EXPECT_TRUE(result.unmapped.empty());
  expect_to_be_readable(result);
}

TEST(TimeloopImport, ReadsAConvolutionOfBeforeVersion04WithItsDefaults) {
  const ImportResult result = imported("before_0_4.yaml");
  EXPECT_EQ(forward_of(result, "before_0_4").conv, (ConvDims{.n = 16,
                                                             .c = 256,
                                                             .h = 58,
                                                             .w = 36,
                                                             .k = 512,
                                                             .r = 3,
                                                             .s = 5,
                                                             .p = 56,
                                                             .q = 28,
                                                             .dilation = {1, 2}}));
  EXPECT_EQ(result.totals.macs[0], 256ULL * 512 * 3 * 5 * 56 * 28 * 16);
  expect_to_be_readable(result);
}

TEST(TimeloopImport, KnowsTheShapesThatTimeloopBringsWithIt) {
  EXPECT_EQ(imported("shape_by_name.yaml").totals.macs[0], 3U * 3 * 48 * 480 * 16);
}

TEST(TimeloopImport, TakesEachProblemOfAListAsALayer) {
  const ImportResult result = imported("list.yaml");
  EXPECT_EQ(forward_of(result, "list_1").op, "linear");
  EXPECT_EQ(forward_of(result, "list_1").gemm, (GemmDims{1, 64, 32, 16}));
  EXPECT_EQ(forward_of(result, "list_2").op, "bmm");
  EXPECT_EQ(forward_of(result, "list_2").gemm, (GemmDims{12, 128, 100, 64}));
  EXPECT_EQ(
      forward_of(result, "list_3").conv,
      (ConvDims{.n = 2, .c = 32, .h = 12, .w = 14, .k = 32, .r = 3, .s = 3, .p = 10, .q = 12, .groups = 32}));
  EXPECT_EQ(forward_of(result, "list_4").conv, (ConvDims{.h = 18, .k = 32, .r = 3, .p = 16}));
  const std::uint64_t macs = 64 * 32 * 16 + 12 * 128 * 100 * 64 + 32 * 3 * 3 * 2 * 10 * 12 + 32 * 3 * 16;
  EXPECT_THAT(result.totals.macs, ElementsAre(macs, macs, macs));
  EXPECT_EQ(result.totals.updated_values, 32U * 16 + 32 * 3 * 3 + 32 * 3);
  EXPECT_THAT(result.unmapped, ElementsAre(std::pair<const std::string, std::uint64_t>("densities", 1)));
  expect_to_be_readable(result);
}

TEST(TimeloopImport, TakesAFolderAsANetwork) {
  const ImportResult result = imported("network");
  EXPECT_EQ(forward_of(result, "02").op, "linear");
  EXPECT_EQ(forward_of(result, "02").gemm, (GemmDims{1, 256, 3072, 1024}));
  const std::uint64_t macs = 7 * 7 * 112 * 112 * 3 * 64 + 256 * 1024 * 3072;
  EXPECT_THAT(result.totals.macs, ElementsAre(macs, macs, macs));
  EXPECT_EQ(result.trace.operations.front().layer, "01");
  expect_to_be_readable(result);
}

TEST(TimeloopImport, IsGuessedFromItsProblem) {
  const fs::path folder = fs::path(LNSIM_SOURCE_DIR) / "tests/data/timeloop";
  EXPECT_EQ(import_format("", folder / "strided.yaml").name, "timeloop");
  EXPECT_EQ(import_format("", folder / "network/01.yaml").name, "timeloop");
  EXPECT_FALSE(looks_like_timeloop("mapping: {}", "map.yaml"));
  EXPECT_FALSE(looks_like_timeloop("problem: {}", "problem.json"));
}

TEST(TimeloopImport, RefusesAFolderWithoutProblems) {
  EXPECT_THROW(import_timeloop(fs::path(LNSIM_SOURCE_DIR) / "tests/data/scalesim"), UserError);
}

}  // namespace
}  // namespace lnsim
