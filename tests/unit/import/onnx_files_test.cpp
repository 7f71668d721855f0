// Real models whose execution traces are there too: both imports must say the same of the network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "tests/unit/import/work_of.h"
#include "tools/import/onnx.h"
#include "tools/import/pytorch.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

struct Network {
  const char* name;
  const char* model;
  const char* trace;
  std::array<std::uint64_t, 3> macs;
  std::array<std::uint64_t, 3> products;
  std::uint64_t parameters, values;
};

class OnnxFile : public testing::TestWithParam<Network> {
 protected:
  void SetUp() override {
    const fs::path folder = fs::path(LNSIM_SOURCE_DIR) / "../shared/data";
    model_ = folder / "onnx" / GetParam().model;
    trace_ = folder / "pytorch-et" / GetParam().trace;
    if (!fs::exists(model_) || !fs::exists(trace_))
      GTEST_SKIP() << model_ << " is not there: real models are an optional test input";
  }
  fs::path model_, trace_;
};

TEST_P(OnnxFile, gives_the_known_totals_with_every_operator_mapped) {
  const ImportResult result = import_onnx(model_);
  EXPECT_EQ(result.totals.macs, GetParam().macs);
  EXPECT_EQ(result.totals.products, GetParam().products);
  EXPECT_EQ(result.totals.updated_parameters, GetParam().parameters);
  EXPECT_EQ(result.totals.updated_values, GetParam().values);
  EXPECT_TRUE(result.unmapped.empty()) << result.unmapped.begin()->first;
}

// The loss is not part of an exported model, and where a bias is added is the framework's choice.
std::map<Work, int> work_without_loss(Trace trace) {
  std::erase_if(trace.operations, [](const TraceOperation& op) {
    const bool bias = op.op == "add" && op.pass == Pass::forward && op.layer.starts_with("linear");
    return bias || op.op == "log_softmax" || op.op == "nll_loss";
  });
  return work_of(trace);
}

TEST_P(OnnxFile, has_the_operators_of_the_execution_trace_in_every_pass_and_size) {
  EXPECT_EQ(work_without_loss(import_onnx(model_).trace), work_without_loss(import_pytorch(trace_).trace));
}

TEST_P(OnnxFile, writes_a_native_trace_that_passes_all_checks) {
  const ImportResult result = import_onnx(model_);
  const fs::path path = fs::temp_directory_path() / ("lnsim_onnx_" + std::to_string(::getpid()) + ".jsonl");
  write_trace(result.trace, path);
  const Trace again = read_trace(path);
  fs::remove(path);
  EXPECT_EQ(work_of(again), work_of(result.trace));
}

INSTANTIATE_TEST_SUITE_P(Real, OnnxFile,
                         testing::Values(Network{"ResNet50",
                                                 "resnet50_b2_shapes.onnx",
                                                 "resnet50_b2.eg.json.gz",
                                                 {8178368512, 7942340608, 8178368512},
                                                 {54, 53, 54},
                                                 161,
                                                 25557032},
                                         Network{"BertBase",
                                                 "bert_base_b2_shapes.onnx",
                                                 "bert_base_b2.eg.json.gz",
                                                 {28348121088, 28348121088, 28348121088},
                                                 {73, 73, 73},
                                                 150,
                                                 132066618}),
                         [](const auto& network) { return std::string(network.param.name); });

}  // namespace
}  // namespace lnsim
