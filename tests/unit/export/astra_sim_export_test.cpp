// Exported workloads, read as ASTRA-sim 1.0 and Chakra's converter of its text format read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "sim/run/workload/training_tape.h"
#include "tools/export/astra_sim.h"

namespace lnsim {
namespace {

using testing::ElementsAre;

struct Layer {
  std::string name;
  std::uint64_t forward = 0, input_gradient = 0, weight_gradient = 0, bytes = 0, update = 0;
};

// Fields parted by white space: name, a reserved integer, then for forward, input gradient and weight
// gradient a time, a type and a size; at last the time of the update.
std::vector<Layer> read_workload(const std::string& text) {
  static const std::vector<std::string> kTypes{"NONE", "ALLREDUCE", "ALLGATHER", "ALLTOALL", "REDUCESCATTER"};
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "DATA");
  std::getline(lines, line);
  const std::size_t count = std::stoull(line);
  std::vector<Layer> layers;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    Layer layer;
    std::string forward_type, input_type, weight_type, rest;
    int reserved = 0;
    std::uint64_t forward_bytes = 0, input_bytes = 0;
    fields >> layer.name >> reserved >> layer.forward >> forward_type >> forward_bytes >>
        layer.input_gradient >> input_type >> input_bytes >> layer.weight_gradient >> weight_type >>
        layer.bytes >> layer.update;
    EXPECT_TRUE(fields) << line;
    EXPECT_FALSE(fields >> rest) << line;
    for (const std::string& type : {forward_type, input_type, weight_type})
      EXPECT_THAT(kTypes, testing::Contains(type));
    EXPECT_EQ(forward_type, "NONE");
    EXPECT_EQ(input_type, "NONE");
    EXPECT_EQ(forward_bytes + input_bytes, 0U);
    EXPECT_EQ(weight_type, layer.bytes > 0 ? "ALLREDUCE" : "NONE");
    layers.push_back(layer);
  }
  EXPECT_EQ(layers.size(), count);
  return layers;
}

// A result whose operations take 1000, 1001, 1002, ... cycles in the order of the trace.
IterationResult numbered_result(const Trace& trace) {
  IterationResult result;
  for (const TraceOperation& operation : trace.operations) {
    OperationResult& done = result.operations.emplace_back();
    done.layer = operation.layer;
    done.op = operation.op;
    done.pass = operation.pass;
    done.run.cycles = 1000 + result.operations.size() - 1;
  }
  return result;
}

Trace small_network() {
  TrainingTape tape;
  tape.convolution("stem conv", {.c = 3, .h = 8, .w = 8, .k = 4, .r = 1, .s = 1, .p = 8, .q = 8},
                   InputGradient::not_needed);
  tape.fork("residual_grad", {1, 4, 8, 8});
  tape.convolution("body", {.c = 4, .h = 8, .w = 8, .k = 4, .r = 1, .s = 1, .p = 8, .q = 8},
                   InputGradient::needed);
  tape.join("residual", {1, 4, 8, 8});
  tape.vector("relu", "relu", {1, 4, 8, 8});
  tape.linear("head", {1, 256, 10});
  Trace trace;
  trace.operations = tape.iteration();
  return trace;
}

TEST(AstraSimExport, GivesEveryLayerItsCyclesOfEveryPass) {
  RunConfig config;
  config.machine.formats.gradient = {.kind = arith::FormatKind::fp32};
  const Trace trace = small_network();
  // 0 stem, 1 body, 2 residual, 3 relu, 4 head forward; 5 6 7 head input gradient, weight gradient, bias; 8
  // relu; 9 10 body input and weight gradient; 11 residual_grad; 12 stem weight gradient; 13 14 head bias and
  // weight; 15 body; 16 stem.
  ASSERT_EQ(trace.operations.size(), 17U);
  const std::vector<Layer> layers = read_workload(astra_sim_workload(numbered_result(trace), trace, config));
  ASSERT_EQ(layers.size(), 6U);
  const auto is = [](const Layer& layer, const std::string& name, std::array<std::uint64_t, 5> values) {
    EXPECT_EQ(layer.name, name);
    EXPECT_THAT(
        (std::array{layer.forward, layer.input_gradient, layer.weight_gradient, layer.bytes, layer.update}),
        testing::ElementsAreArray(values))
        << name;
  };
  is(layers[0], "stem_conv", {1000, 0, 1012, 4 * 3 * 4, 1016});
  is(layers[1], "residual_grad", {0, 1011, 0, 0, 0});
  is(layers[2], "body", {1001, 1009, 1010, 4 * 4 * 4, 1015});
  is(layers[3], "residual", {1002, 0, 0, 0, 0});
  is(layers[4], "relu", {1003, 1008, 0, 0, 0});
  is(layers[5], "head", {1004, 1005 + 1007, 1006, (10 + 2560) * 4, 1013 + 1014});
}

TEST(AstraSimExport, CountsTheInputGradientOfTheFirstLayerAsWeightGradient) {
  TrainingTape tape;
  tape.linear("first", {1, 256, 10});
  Trace trace;
  trace.operations = tape.iteration();
  const std::vector<Layer> layers = read_workload(astra_sim_workload(numbered_result(trace), trace, {}));
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].input_gradient, 0U);
  EXPECT_EQ(layers[0].weight_gradient, 1001U + 1002 + 1003);
}

}  // namespace
}  // namespace lnsim
