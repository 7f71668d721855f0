// Simulated layers under the machine's roofs: where they should be by hand, and never above.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/run/config/run_config.h"
#include "sim/run/report/bottleneck.h"
#include "sim/run/report/roofline_svg.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LNSIM_SOURCE_DIR;
const fs::path kConfigs = kSource / "configs/accelerators";

IterationResult run_on(const RunConfig& config, const fs::path& config_path, const fs::path& trace_path) {
  const EnergyCosts costs =
      read_energy_table(config_path.parent_path() / config.energy_table, config.machine);
  const Trace trace = read_trace(trace_path);
  return run_iteration(trace, config, costs, {.values = Values::shapes_only},
                       [](std::size_t, std::size_t, const std::string&) {});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class Roofline : public testing::Test {
 protected:
  void SetUp() override {
    trace_ = fs::temp_directory_path() /
             (std::string("lnsim_roofline_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { fs::remove(trace_); }

  // y[m, n] = x[m, k] * w[k, n]
  IterationResult linear(std::uint64_t m, std::uint64_t n, std::uint64_t k) {
    std::ofstream(trace_) << R"({"format":"lns-layertrace/1","model":"one"})" << '\n'
                          << R"({"i":0,"layer":"<fc>","op":"linear","pass":"fwd","gemm":{"batch":1,"M":)" << m
                          << R"(,"N":)" << n << R"(,"K":)" << k << R"(},"macs":)" << m * n * k << "}\n";
    return run_on(config_, config_path_, trace_);
  }

  fs::path trace_;
  const fs::path config_path_ = kConfigs / "lns-madam.yaml";
  const RunConfig config_ = read_run_config(config_path_);
};

// Weights are stored in 16 bits, activations and results in 8; everything fits the global buffer and passes
// the DRAM once.
TEST_F(Roofline, of_a_large_square_product_ends_at_the_peak) {
  const OperationResult fc = linear(512, 512, 512).operations.at(0);
  const RooflinePoint point = roofline_point(fc.run, config_.machine).value();
  EXPECT_DOUBLE_EQ(point.macs_per_dram_byte, 512.0 / (1 + 2 + 1));
  EXPECT_DOUBLE_EQ(point.attainable_macs_per_cycle, 16 * 32 * 32);
  EXPECT_EQ(bound_of(fc.run, config_.machine)->bottleneck.name(), "compute throughput");
}

TEST_F(Roofline, of_a_matrix_times_a_vector_is_the_dram) {
  const OperationResult fc = linear(1, 1024, 1024).operations.at(0);
  const RooflinePoint point = roofline_point(fc.run, config_.machine).value();
  EXPECT_DOUBLE_EQ(point.macs_per_dram_byte, 1024.0 * 1024 / (2 * 1024 * 1024 + 1024 + 1024));
  EXPECT_DOUBLE_EQ(point.attainable_macs_per_cycle, point.macs_per_dram_byte * 8 * 32);
  EXPECT_EQ(bound_of(fc.run, config_.machine)->bottleneck.name(), "dram throughput");
}

TEST_F(Roofline, stands_above_every_point_of_every_committed_machine) {
  for (const auto& entry : fs::directory_iterator(kConfigs)) {
    const RunConfig config = read_run_config(entry.path());
    const IterationResult result = run_on(config, entry.path(), kSource / "traces/digits-cnn.jsonl");
    std::size_t points = 0;
    for (const OperationResult& operation : result.operations) {
      for (const std::uint64_t roof : roofs_of(operation.run.events, config.machine))
        EXPECT_LE(roof, operation.run.cycles) << entry.path() << ' ' << operation.layer;
      const auto point = roofline_point(operation.run, config.machine);
      EXPECT_EQ(point.has_value(), operation.macs != 0);
      if (!point) continue;
      ++points;
      EXPECT_LE(point->macs_per_cycle, point->attainable_macs_per_cycle)
          << entry.path() << ' ' << operation.layer;
    }
    EXPECT_EQ(points, 20U) << entry.path();
  }
}

TEST_F(Roofline, picture_has_a_point_and_a_label_with_the_name_made_safe) {
  const std::string svg = roofline_svg(linear(8, 16, 64), config_.machine);
  EXPECT_EQ(count_of(svg, "<circle class='point forward' cx='"), 2U);  // the point and the legend's
  EXPECT_EQ(count_of(svg, ">&lt;fc></text>"), 1U);
  EXPECT_EQ(count_of(svg, "<fc>"), 0U);
  EXPECT_EQ(count_of(svg, "peak 16 384 MACs/cycle"), 1U);
  EXPECT_EQ(count_of(svg, "DRAM 256 B/cycle"), 1U);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST_F(Roofline, picture_draws_equal_operations_once) {
  const RunConfig config = read_run_config(config_path_);
  IterationResult twice = linear(8, 16, 64);
  twice.operations.push_back(twice.operations.front());
  const std::string svg = roofline_svg(twice, config.machine);
  EXPECT_EQ(count_of(svg, "<circle class='point forward' cx='"), 2U);
  EXPECT_EQ(count_of(svg, ">&lt;fc> +1</text>"), 1U);
}

}  // namespace
}  // namespace lnsim
