#include "sim/run/operation_keys.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sim/base/yaml_overlay.h"
#include "sim/run/iteration.h"
#include "sim/run/sweep/parameter_paths.h"

namespace lnsim {
namespace {

struct Variation {
  std::string path, value;
};

std::shared_ptr<const YamlNode> scalar(const std::string& text) {
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::scalar;
  node->text = text;
  return node;
}

// Every parameter of the base changed alone, to up to three other values that it may have.
std::vector<Variation> variations(const std::filesystem::path& base) {
  std::vector<Variation> all;
  const RunConfig config = read_run_config(base);
  for (const std::string& path : parameter_paths()) {
    if (path == "name" || path == "energy_table") continue;
    int values = 0;
    for (const char* value : {"1",       "2",         "3",     "4",          "7",
                              "16",      "64",        "0.25",  "true",       "false",
                              "energy",  "wrap",      "exact", "floor",      "toward_zero",
                              "product", "geometric", "flush", "stochastic", "slot",
                              "flat",    "ddr4",      "sgd",   "fp32",       "energy_delay",
                              "channel"}) {
      try {
        YamlDocument document = read_yaml(base);
        document.root = with_value(document.root, path, scalar(value));
        read_run_config(document, base);
        all.push_back({path, value});
        if (++values == 3) break;
      } catch (const UserError&) {
        // not a value of this parameter
      }
    }
  }
  return all;
}

const std::filesystem::path kBase = LNSIM_SOURCE_DIR "/configs/accelerators/lns-madam.yaml";

// Forward, gradients and updates of two convolutions and a product, and what lies between.
Trace some_operations() {
  Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  std::erase_if(trace.operations, [](const TraceOperation& operation) {
    return !operation.layer.starts_with("fc") && !operation.layer.starts_with("block2.down");
  });
  return trace;
}

IterationResult run(const Trace& trace, const RunConfig& config, KnownOperations* known = nullptr) {
  const EnergyCosts costs = read_energy_table(kBase.parent_path() / config.energy_table, config.machine);
  return run_iteration(trace, config, costs, {.values = Values::shapes_only, .known = known, .jobs = 1},
                       [](std::size_t, std::size_t, const std::string&) {});
}

// Every machine that differs from the base in one parameter and runs the trace, and its run.
class VariedMachines : public testing::Test {
 protected:
  struct Varied {
    std::string parameter;
    RunConfig config;
    IterationResult result;
  };

  static void SetUpTestSuite() {
    trace_ = some_operations();
    for (const Variation& variation : variations(kBase)) {
      YamlDocument document = read_yaml(kBase);
      document.root = with_value(document.root, variation.path, scalar(variation.value));
      const RunConfig config = read_run_config(document, kBase);
      try {
        machines_.push_back({variation.path + ": " + variation.value, config, run(trace_, config)});
      } catch (const UserError&) {
        // a machine that cannot run this
      }
    }
  }
  static void TearDownTestSuite() { machines_.clear(); }

  static inline Trace trace_;
  static inline std::vector<Varied> machines_;
};

// One store serves all machines in turn: where a key is equal, the run of another machine is taken.
TEST_F(VariedMachines, TakeRunsOfOthersOnlyWhereTheyEqualTheirOwn) {
  const RunConfig base = read_run_config(kBase);
  KnownOperations known;
  run(trace_, base, &known);
  ASSERT_GT(trace_.operations.size(), 8U);
  std::size_t equal = 0, different = 0;
  for (const Varied& varied : machines_) {
    const OperationKeys keys(base, {}), varied_keys(varied.config, {});
    for (const TraceOperation& operation : trace_.operations)
      ++(keys.of(operation, trace_) == varied_keys.of(operation, trace_) ? equal : different);
    const IterationResult shared = run(trace_, varied.config, &known);
    ASSERT_EQ(shared.operations.size(), varied.result.operations.size());
    for (std::size_t i = 0; i < shared.operations.size(); ++i) {
      const OperationResult& alone = varied.result.operations[i];
      ASSERT_EQ(shared.operations[i].run, alone.run) << varied.parameter << ", " << alone.layer;
      ASSERT_EQ(shared.operations[i].pes, alone.pes) << varied.parameter;
      ASSERT_EQ(shared.operations[i].mapping.size(), alone.mapping.size()) << varied.parameter;
    }
    EXPECT_EQ(shared.energy.total(), varied.result.energy.total()) << varied.parameter;
  }
  // Both were met often.
  EXPECT_GT(equal, 500U);
  EXPECT_GT(different, 500U);
}

TEST(OperationKeys, TellOperationsApartByTheTensorsAndUnitsThatTheyUse) {
  const Trace trace = some_operations();
  const RunConfig base = read_run_config(kBase);
  const auto differing = [&](const std::string& path, const std::string& value) {
    YamlDocument document = read_yaml(kBase);
    document.root = with_value(document.root, path, scalar(value));
    const RunConfig config = read_run_config(document, kBase);
    const OperationKeys before(base, {}), after(config, {});
    std::set<std::string> passes;
    for (const TraceOperation& operation : trace.operations) {
      if (before.of(operation, trace) == after.of(operation, trace)) continue;
      const std::string pass(kPassNames[static_cast<std::size_t>(operation.pass)]);
      passes.insert(operation.gemm ? pass : operation.pass == Pass::update ? "update" : "vector");
    }
    return passes;
  };
  using Passes = std::set<std::string>;
  EXPECT_EQ(differing("formats.weight.bits", "6"), (Passes{"forward", "input_gradient"}));
  EXPECT_EQ(differing("formats.gradient.bits", "6"), (Passes{"update", "weight_gradient"}));
  EXPECT_EQ(differing("weight_update.lanes", "8"), Passes{"update"});
  EXPECT_EQ(differing("bus.latency_cycles", "8"),
            (Passes{"forward", "input_gradient", "vector", "weight_gradient"}));
  EXPECT_EQ(differing("pe.lanes", "16"), (Passes{"forward", "input_gradient", "weight_gradient"}));
  EXPECT_EQ(differing("clock.frequency_ghz", "1"), Passes{});
  EXPECT_EQ(differing("dram.channels", "4"),
            (Passes{"forward", "input_gradient", "update", "vector", "weight_gradient"}));
}

}  // namespace
}  // namespace lnsim
