// Files larger than the memory that reading them takes. What is measured is this process: sanitizers keep
// what was freed.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/errors.h"
#include "tests/robustness/bad_files.h"
#include "tests/robustness/peak_memory.h"
#include "tests/unit/import/chakra_builder.h"
#include "tests/unit/import/onnx_builder.h"
#include "tests/unit/import/trace_builder.h"
#include "tools/import/import.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr int kSteps = 300;

class LargeFile : public testing::Test {
 protected:
  void SetUp() override {
#ifdef LNSIM_SANITIZED
    GTEST_SKIP() << "sanitizers keep what was freed";
#endif
    if (!peak_growth([] {})) GTEST_SKIP() << "the peak of memory cannot be reset here";
  }
  void TearDown() override {
    fs::remove(path_);
  }

  // `run` on the file takes less than `most` bytes, and less than a quarter of the file's, beside what the
  // test itself has freed.
  template <class Run>
  void expect_memory_below(std::size_t most, const Run& run) const {
    ::malloc_trim(0);
    const auto growth = peak_growth(run);
    ASSERT_TRUE(growth);
    EXPECT_LT(*growth, most);
    EXPECT_LT(*growth, fs::file_size(path_) / 4);
  }

  ImportResult import(const char* format, std::size_t step = 0) const {
    return import_trace(import_format(format, path_), path_, {.step = step});
  }

  fs::path path_ = fs::temp_directory_path() / ("lnsim_large_" + std::to_string(::getpid()));
};

// A field of protobuf that holds bytes.
std::string counted(int field, std::uint64_t bytes) {
  std::string head(1, static_cast<char>(field << 3 | 2));
  for (; bytes > 0x7f; bytes >>= 7U) head += static_cast<char>((bytes & 0x7fU) | 0x80U);
  return head + static_cast<char>(bytes);
}

// More than protobuf itself reads. The file system keeps zeros as a hole.
TEST_F(LargeFile, OfOnnxIsReadWithoutTheDataOfItsWeights) {
  ModelBuilder model;
  model.input("x", {2, 30000});
  model.node("MatMul", {"x", "w"}, {"y"});
  model.output("y");
  onnx::TensorProto weight;
  weight.set_name("w");
  weight.set_data_type(ModelBuilder::kReal);
  weight.add_dims(30000);
  weight.add_dims(20000);
  constexpr std::uint64_t kBytes = std::uint64_t{30000} * 20000 * sizeof(float);
  const std::string tensor =
      weight.SerializeAsString() + counted(onnx::TensorProto::kRawDataFieldNumber, kBytes);
  const std::string graph = model.model.graph().SerializeAsString();
  model.model.clear_graph();
  const std::string initializer =
      counted(onnx::GraphProto::kInitializerFieldNumber, tensor.size() + kBytes) + tensor;
  std::ofstream(path_, std::ios::binary)
      << model.model.SerializeAsString()
      << counted(onnx::ModelProto::kGraphFieldNumber, graph.size() + initializer.size() + kBytes) << graph
      << initializer;
  fs::resize_file(path_, fs::file_size(path_) + kBytes);
  expect_memory_below(32 * kMiB, [&] {
    const ImportResult result = import("onnx");
    EXPECT_EQ(result.totals.macs[0], std::uint64_t{2} * 30000 * 20000);
    EXPECT_EQ(result.totals.updated_values, std::uint64_t{30000} * 20000);
  });
}

// What is left out says so: a shape that stands in too many numbers is not taken for an empty one.
TEST(LargeTensor, OfOnnxThatIsLeftOutIsNotTakenForAnEmptyOne) {
  ModelBuilder model;
  model.weight("w", {2, 2});
  model.integers("shape", std::vector<std::int64_t>(100000, 1));
  model.node("MatMul", {"w", "w"}, {"y"});
  model.node("Reshape", {"y", "shape"}, {"z"});
  model.node("Relu", {"z"}, {"r"});
  model.output("r");
  const fs::path path = fs::temp_directory_path() / ("lnsim_left_out_" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << model.model.SerializeAsString();
  const ImportResult result = import_trace(import_format("onnx", path), path);
  fs::remove(path);
  EXPECT_EQ(result.unmapped.size(), 1U);
  EXPECT_EQ(result.totals.macs[0], 8U);
}

// Nodes that say much of what nobody asks for.
TEST_F(LargeFile, OfAPyTorchTraceIsReadNodeByNode) {
  TraceBuilder trace;
  trace.add("aten::mm", 1, 0, 8, {TraceBuilder::tensor(1, {3, 4}), TraceBuilder::tensor(2, {4, 5})},
            {TraceBuilder::tensor(3, {3, 5})});
  nlohmann::json document = trace.flat();
  const std::string stack(kMiB, 's');
  {
    std::ofstream file(path_, std::ios::binary);
    file << "{\"schema\": \"1.0.1\", \"comments\": [";
    for (int i = 0; i < 20; ++i) file << '"' << stack << "\", ";
    file << "0], \"nodes\": [";
    for (nlohmann::json& node : document["nodes"]) file << node << ", ";
    nlohmann::json view = document["nodes"][1];
    view["name"] = "aten::view";
    for (int i = 0; i < 24; ++i) {
      view["id"] = 10 + i;
      std::string text = view.dump();
      text.insert(1, "\"stack\": \"" + stack + "\", ");
      file << text << (i < 23 ? ", " : "]}");
    }
  }
  expect_memory_below(32 * kMiB,
                      [&] { EXPECT_EQ(import("pytorch").totals.macs[0], std::uint64_t{3} * 4 * 5); });
}

// Steps of the same nodes, each step's with ids of its own. The schema, which says how to read a node, stands
// in front of them or behind.
TEST_F(LargeFile, OfAPyTorchTraceOfManyStepsHoldsOneOfThem) {
  for (const bool schema_in_front : {true, false}) {
    {
      std::ofstream file(path_, std::ios::binary);
      file << (schema_in_front ? R"({"schema": "1.0.1", "nodes": [)" : R"({"nodes": [)");
      TraceBuilder trace;
      for (int i = 0; i < 40; ++i)
        trace.add("aten::mm", 1, 0, 8, {TraceBuilder::tensor(1, {3, 4}), TraceBuilder::tensor(2, {4, 5})},
                  {TraceBuilder::tensor(3, {3, 5})});
      nlohmann::json nodes = trace.flat()["nodes"];
      for (nlohmann::json& node : nodes) node["op_schema"] = std::string(600, 's');
      for (int step = 0; step < kSteps; ++step) {
        nodes[0]["name"] = "ProfilerStep#" + std::to_string(step);
        for (nlohmann::json& node : nodes) {
          node["parent"] = nodes[0]["id"];
          file << node << (&node == &nodes.back() && step == kSteps - 1 ? "" : ",\n");
        }
        for (nlohmann::json& node : nodes) node["id"] = node["id"].get<int>() + 100;
      }
      file << (schema_in_front ? "]}" : R"(], "schema": "1.0.1"})");
    }
    expect_memory_below(4 * kMiB, [&] {
      const ImportResult result = import("pytorch", kSteps - 1);
      EXPECT_EQ(result.steps, static_cast<std::size_t>(kSteps));
      EXPECT_EQ(result.totals.macs[0], std::uint64_t{40} * 3 * 4 * 5);
    });
  }
}

TEST_F(LargeFile, OfChakraOfManyStepsHoldsOneOfThem) {
  const auto tensor = ChakraBuilder::tensor;
  {
    ChakraBuilder trace;
    for (int step = 0; step < kSteps; ++step) {
      for (int i = 0; i < 20; ++i)
        trace.add("aten::mm", 1 + step, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(3, {3, 5})});
      trace.add("aten::relu_backward", -1, {tensor(3, {3, 5})}, {tensor(4, {3, 5})}, 7, 2);
      trace.add("aten::add_", -1, {tensor(2, {4, 5})}, {tensor(2, {4, 5})});
    }
    std::ofstream(path_, std::ios::binary) << trace.bytes();
  }
  expect_memory_below(4 * kMiB, [&] {
    const ImportResult result = import("chakra", kSteps - 1);
    EXPECT_EQ(result.steps, static_cast<std::size_t>(kSteps));
    EXPECT_EQ(result.totals.macs[0], std::uint64_t{20} * 3 * 4 * 5);
  });
}

// Kernels carry most of a Chakra trace.
TEST_F(LargeFile, OfChakraIsReadMessageByMessage) {
  const auto tensor = ChakraBuilder::tensor;
  {
    ChakraBuilder trace;
    trace.add("aten::mm", 1, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(3, {3, 5})});
    ChakraBuilder kernels;
    const std::string head = kernels.bytes();
    chakra::wire::Node kernel = kernels.node_of("a_kernel", {}, {});
    ChakraBuilder::attribute(kernel, "is_cpu_op").set_boolean(false);
    ChakraBuilder::attribute(kernel, "stack").set_text(std::string(kMiB, 's'));
    kernels.write(kernel);
    const std::string message = kernels.bytes().substr(head.size());
    std::ofstream file(path_, std::ios::binary);
    file << trace.bytes();
    for (int i = 0; i < 200; ++i) file << message;
  }
  expect_memory_below(32 * kMiB,
                      [&] { EXPECT_EQ(import("chakra").totals.macs[0], std::uint64_t{3} * 4 * 5); });
}

TEST_F(LargeFile, OfAManifestIsReadLineByLine) {
  const std::string comment(kMiB / 2, 'c');
  {
    std::ofstream file(path_, std::ios::binary);
    file << R"({"format":"lns-layertrace/1","model":"m"})" << '\n';
    for (int i = 0; i < 40; ++i) {
      file << R"({"i":)" << i << R"(,"layer":"r","op":"relu","pass":"fwd","shape":[2],"comment":")" << comment
           << "\"}\n";
    }
  }
  expect_memory_below(32 * kMiB, [&] { EXPECT_EQ(read_trace(path_).operations.size(), 40U); });
}

TEST_F(LargeFile, WithoutLineEndsIsNoManifest) {
  {
    std::ofstream file(path_, std::ios::binary);
    file << R"({"format":"lns-layertrace/1","model":"m"})" << '\n';
  }
  fs::resize_file(path_, 200 * kMiB);
  expect_memory_below(8 * kMiB, [&] {
    EXPECT_EQ(message_when([](const fs::path& path) { read_trace(path); }, path_),
              path_.filename().string() +
                  ":2: got a line of more than 1048576 bytes, expected one JSON object per line\n");
  });
}

TEST_F(LargeFile, OfMistakesGivesTheFirstAndTheirCount) {
  {
    std::ofstream file(path_, std::ios::binary);
    file << R"({"format":"lns-layertrace/1","model":"m"})" << '\n';
    const std::string line = "[" + std::string(200, ' ') + "]\n";
    for (int i = 0; i < 100000; ++i) file << line;
  }
  expect_memory_below(8 * kMiB, [&] {
    const std::string message = message_when([](const fs::path& path) { read_trace(path); }, path_);
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 21);
    EXPECT_TRUE(message.ends_with(": and 99980 more mistakes\n")) << message;
  });
}

}  // namespace
}  // namespace lnsim
