// A real trace of ResNet-50, against PyTorch's own trace of the same network at the same batch by other
// people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/import/work_of.h"
#include "tools/import/chakra.h"
#include "tools/import/pytorch.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class ChakraFile : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(trace_))
      GTEST_SKIP() << trace_ << " is not there: real traces are an optional test input";
  }
  const fs::path folder_ = fs::path(LNSIM_SOURCE_DIR) / "../shared/data";
  const fs::path trace_ = folder_ / "chakra/feeder_chakra.0.et.gz";
};

TEST_F(ChakraFile, gives_the_known_totals_with_every_operator_mapped) {
  const ImportResult result = import_chakra(trace_);
  // 53 convolutions of 130 788 360 192 multiply-accumulates, and 32 images times 2048 by 1000.
  EXPECT_THAT(result.totals.macs,
              ElementsAre(130788360192 + 65536000, 127077449728, 130788360192 + 65536000));
  EXPECT_THAT(result.totals.products, ElementsAre(54, 53, 54));
  EXPECT_EQ(result.totals.updated_parameters, 161U);
  EXPECT_EQ(result.totals.updated_values, 25557032U);
  EXPECT_THAT(result.unmapped, testing::IsEmpty());
}

// The two were trained with different losses.
TEST_F(ChakraFile, has_the_operators_of_pytorch_s_trace_in_every_pass_and_size) {
  const auto without_loss = [](Trace trace) {
    std::erase_if(trace.operations, [](const TraceOperation& op) {
      const bool of_scores = op.shape == std::vector<std::int64_t>{32, 1000};
      return of_scores && (op.op == "nll_loss" || op.op == "log_softmax" || op.op == "mul" ||
                           (op.op == "sum" && op.pass == Pass::forward));
    });
    return work_of(trace);
  };
  EXPECT_EQ(without_loss(import_chakra(trace_).trace),
            without_loss(import_pytorch(folder_ / "pytorch-et/param_resnet_1gpu_1.0.3.json.gz").trace));
}

}  // namespace
}  // namespace lnsim
