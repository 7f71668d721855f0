// Real execution traces, with known answers: closed formulas, parameter counts, and the ONNX exports of the
// same networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "tools/import/pytorch.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

struct Known {
  const char* name;
  const char* file;
  std::size_t steps;
  std::array<std::uint64_t, 3> macs;
  std::array<std::uint64_t, 3> products;
  std::uint64_t parameters, values;
};

class PyTorchFile : public testing::TestWithParam<Known> {
 protected:
  void SetUp() override {
    path_ = fs::path(LNSIM_SOURCE_DIR) / "../shared/data/pytorch-et" / GetParam().file;
    if (!fs::exists(path_))
      GTEST_SKIP() << path_ << " is not there: real execution traces are an optional test input";
  }
  fs::path path_;
};

TEST_P(PyTorchFile, gives_the_known_totals_with_every_operator_mapped) {
  const Known& known = GetParam();
  const ImportResult result = import_pytorch(path_);
  EXPECT_EQ(result.steps, known.steps);
  EXPECT_EQ(result.totals.macs, known.macs);
  EXPECT_EQ(result.totals.products, known.products);
  EXPECT_EQ(result.totals.updated_parameters, known.parameters);
  EXPECT_EQ(result.totals.updated_values, known.values);
  EXPECT_TRUE(result.unmapped.empty()) << result.unmapped.begin()->first;
}

TEST_P(PyTorchFile, ties_every_gradient_and_update_to_a_layer_of_the_forward_pass) {
  const ImportResult result = import_pytorch(path_);
  std::set<std::string> forward, parameters;
  for (const TraceOperation& op : result.trace.operations) {
    if (op.pass == Pass::forward) forward.insert(op.layer);
    if (op.gemm || op.update) {
      EXPECT_TRUE(forward.contains(op.layer)) << op.layer;
    }
    if (op.update) {
      EXPECT_TRUE(parameters.insert(op.update->parameter).second) << op.update->parameter;
    }
  }
}

TEST_P(PyTorchFile, writes_a_native_trace_that_passes_all_checks) {
  const ImportResult result = import_pytorch(path_);
  const fs::path path = fs::temp_directory_path() / ("lnsim_" + std::to_string(::getpid()) + ".jsonl");
  write_trace(result.trace, path);
  const Trace again = read_trace(path);
  fs::remove(path);
  ASSERT_EQ(again.operations.size(), result.trace.operations.size());
  for (std::size_t i = 0; i < again.operations.size(); ++i) {
    EXPECT_EQ(again.operations[i].layer, result.trace.operations[i].layer);
    EXPECT_EQ(again.operations[i].macs, result.trace.operations[i].macs);
    EXPECT_EQ(again.operations[i].weights, result.trace.operations[i].weights);
  }
}

// Steps of the labelled file take the same work.
TEST_P(PyTorchFile, every_step_has_the_macs_of_the_first) {
  for (std::size_t step = 1; step < GetParam().steps; ++step) {
    EXPECT_EQ(import_pytorch(path_, {.step = step}).totals.macs, GetParam().macs);
  }
}

INSTANTIATE_TEST_SUITE_P(Real, PyTorchFile,
                         testing::Values(Known{"ResNet50",
                                               "resnet50_b2.eg.json.gz",
                                               1,
                                               {8178368512, 7942340608, 8178368512},
                                               {54, 53, 54},
                                               161,
                                               25557032},
                                         Known{"BertBase",
                                               "bert_base_b2.eg.json.gz",
                                               1,
                                               {28348121088, 28348121088, 28348121088},
                                               {73, 73, 73},
                                               150,
                                               132066618},
                                         Known{"ResNet50OnCuda",
                                               "param_resnet_1gpu_1.0.3.json.gz",
                                               3,
                                               {130853896192, 127077449728, 130853896192},
                                               {54, 53, 54},
                                               161,
                                               25557032},
                                         Known{"Linear21",
                                               "param_linear.json.gz",
                                               1,
                                               {11274289152, 10737418240, 11274289152},
                                               {21, 20, 21},
                                               42,
                                               22041600}),
                         [](const auto& known) { return std::string(known.param.name); });

}  // namespace
}  // namespace lnsim
