// The recorded step of traces/digits-cnn.jsonl in a chain.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "sim/run/iteration.h"
#include "sim/run/replay/vector_reference.h"

namespace lnsim {
namespace {

const std::filesystem::path kSource = LNSIM_SOURCE_DIR;

IterationResult chained_on(const std::string& machine) {
  const RunConfig config = read_run_config(kSource / "configs/accelerators" / (machine + ".yaml"));
  const EnergyCosts costs = read_energy_table(kSource / "configs/energy/published-45nm.yaml", config.machine);
  const Trace trace = read_trace(kSource / "traces/digits-cnn.jsonl");
  return run_iteration(trace, config, costs, {.values = Values::chained},
                       [](std::size_t, std::size_t, const std::string&) {});
}

TEST(RecordedChain, takes_only_the_images_and_parameters_from_the_recording) {
  const IterationResult result = chained_on("lns-madam");
  std::set<std::string> recorded;
  std::size_t simulated = 0;
  for (const OperationResult& operation : result.operations) {
    for (const OperandOrigin& origin : operation.origins) {
      if (origin.simulated) {
        ++simulated;
      } else {
        recorded.insert(origin.tensor + ": " + origin.because);
      }
    }
  }
  const std::string parameter = ": a parameter before its update";
  EXPECT_EQ(recorded, (std::set<std::string>{"stem/x: no line makes it", "stem/w" + parameter,
                                             "block1.conv1/w" + parameter, "block1.conv2/w" + parameter,
                                             "block2.conv1/w" + parameter, "block2.conv2/w" + parameter,
                                             "block2.down/w" + parameter, "fc/w" + parameter}));
  EXPECT_TRUE(result.cuts.empty());
  // 20 products with two operands each, 7 updates; 15 are parameters or images: every forward pass and every
  // input gradient reads weights (7 + 6), the stem's two products the images.
  EXPECT_EQ(simulated, 20 * 2 + 7 - 15U);
}

// What the recorded training made in float32 of its own tensors between two products.
class BetweenProducts : public testing::Test {
 protected:
  std::vector<double> tensor(const std::string& key) const { return store_.read(key).values; }
  VectorCall batch_norm(const std::string& layer, const std::string& operand) const {
    VectorCall call;
    call.shape = store_.read(operand).shape;
    call.operands = {tensor(operand)};
    call.parameters = {tensor(layer + ".weight/w"), tensor(layer + ".bias/w")};
    call.epsilon = 1e-5;  // PyTorch's
    return call;
  }
  static VectorCall relu(const VectorCall& before) {
    VectorCall call;
    call.shape = before.shape;
    call.operands = {vector_forward("batch_norm", before)};
    return call;
  }
  // Means over 512 values in float32, whose unit roundoff is 2^-24, and a few operations more.
  void expect_equal(const std::vector<double>& values, const std::string& key) const {
    EXPECT_LT(compare(values, tensor(key)).relative_max_error().value(), 1e-5) << key;
  }

  Trace trace_ = read_trace(kSource / "traces/digits-cnn.jsonl");
  TensorStore store_{trace_};
};

TEST_F(BetweenProducts, the_definitions_give_the_recorded_activations) {
  expect_equal(vector_forward("relu", relu(batch_norm("bn", "stem/y"))), "block1.conv1/x");
  expect_equal(vector_forward("relu", relu(batch_norm("block1.bn1", "block1.conv1/y"))), "block1.conv2/x");
  expect_equal(vector_forward("relu", relu(batch_norm("block2.bn1", "block2.conv1/y"))), "block2.conv2/x");
}

TEST_F(BetweenProducts, the_definitions_give_the_recorded_gradients) {
  for (const std::string block : {"block1", "block2"}) {
    VectorCall norm = batch_norm(block + ".bn1", block + ".conv1/y");
    VectorCall rectifier = relu(norm);
    rectifier.gradient = tensor(block + ".conv2/dx");
    norm.gradient = vector_backward("relu", rectifier).front();
    expect_equal(vector_backward("batch_norm", norm).front(), block + ".conv1/dy");
  }
}

TEST_F(BetweenProducts, the_loss_gives_the_recorded_gradient_of_the_scores) {
  VectorCall loss;
  loss.shape = {8, 10};
  loss.operands = {tensor("fc/y")};
  const std::vector<double> bias = tensor("fc.bias/w");
  for (std::size_t i = 0; i < loss.operands[0].size(); ++i) loss.operands[0][i] += bias[i % bias.size()];
  loss.parameters = {tensor("cross_entropy/p0")};
  expect_equal(vector_backward("cross_entropy", loss).front(), "fc/dy");
}

// The recording rounds operands to LNS(8,8), whose signal to noise is 32 dB; a chain rounds also what the
// post-processing units emit, and noise adds up over seven layers. Gradients start from a loss that is nearly
// zero: the difference of a probability and 1, which is noisier than both. Noise as large as the signal is 0
// dB.
TEST(RecordedChain, stays_near_the_recorded_results) {
  for (const char* machine : {"lns-madam", "fp32"}) {
    for (const OperationResult& operation : chained_on(machine).operations) {
      if (!operation.numeric) continue;
      const double least_db = operation.pass == Pass::forward ? 15.0 : 3.0;
      EXPECT_GT(operation.numeric->sums->sqnr_db.value_or(200.0), least_db)
          << machine << " " << operation.layer << " " << kPassNames[static_cast<std::size_t>(operation.pass)];
    }
  }
}

}  // namespace
}  // namespace lnsim
