// Files with random bytes changed, taken out and put in are imported, or refused with a message: nothing
// else.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "sim/base/errors.h"
#include "tests/unit/import/chakra_builder.h"
#include "tests/unit/import/onnx_builder.h"
#include "tools/import/import.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string onnx_bytes() {
  ModelBuilder model;
  model.open_input("x", {"batch", "3", "8", "8"});
  model.weight("w", {4, 3, 3, 3});
  model.weight("v", {256, 5});
  model.integers("zero", {0});
  model.integers("rest", {-1});
  auto& node = model.node("Conv", {"x", "w"}, {"h"});
  ModelBuilder::attribute(node, "pads", ModelBuilder::Shape{1, 1, 1, 1});
  model.node("Relu", {"h"}, {"r"});
  model.node("Shape", {"r"}, {"shape"});
  model.node("Gather", {"shape", "zero"}, {"images"});
  ModelBuilder::attribute(model.node("Concat", {"images", "rest"}, {"flat"}), "axis", 0);
  model.node("Reshape", {"r", "flat"}, {"f"});
  model.node("MatMul", {"f", "v"}, {"y"});
  model.output("y");
  return model.model.SerializeAsString();
}

std::string chakra_bytes() {
  ChakraBuilder trace;
  const auto tensor = ChakraBuilder::tensor;
  trace.add("aten::linear", 1, {tensor(1, {2, 4}), tensor(2, {5, 4}), tensor(3, {5})}, {tensor(4, {2, 5})});
  trace.add("aten::gelu_backward", -1, {tensor(5, {2, 5})}, {tensor(6, {2, 5})}, 7, 2);
  trace.add("aten::mm", -1, {tensor(6, {2, 5}), tensor(2, {5, 4})}, {tensor(7, {2, 4})}, 8, 2);
  trace.add("aten::mm", -1, {tensor(6, {5, 2}), tensor(1, {2, 4})}, {tensor(8, {5, 4})}, 8, 2);
  return trace.bytes();
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string mutate(std::string bytes) {
    const std::size_t changes = below(4) + 1;
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
      const std::size_t at = below(bytes.size());
      const std::size_t length = below(8) + 1;
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
          break;
        case 2:
          bytes.erase(at, length);
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), length));
      }
    }
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::mt19937 random_;
};

struct Seed {
  const char* format;
  std::string (*bytes)();
  ImportOptions options;
};

class Mutations : public testing::TestWithParam<Seed> {};

TEST_P(Mutations, are_imported_or_refused) {
  const Seed& seed = GetParam();
  const fs::path path = fs::temp_directory_path() / ("lnsim_mutations_" + std::to_string(::getpid()));
  const ImportFormat& format = import_format(seed.format, path);
  const std::string whole = seed.bytes();
  Mutator mutator(1);
  int imported = 0;
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    fs::remove(path);  // some file systems wait for the disk when a file is overwritten
    std::ofstream(path, std::ios::binary) << (i == 0 ? whole : mutator.mutate(whole));
    try {
      import_trace(format, path, seed.options);
      ++imported;
    } catch (const UserError& error) {
      EXPECT_GT(i, 0) << error.what();
      ++refused;
    }
  }
  fs::remove(path);
  EXPECT_GT(imported, 10);
  EXPECT_GT(refused, 10);
}

INSTANTIATE_TEST_SUITE_P(Formats, Mutations,
                         testing::Values(Seed{"onnx", onnx_bytes, {.dimensions = {{"batch", 2}}}},
                                         Seed{"chakra", chakra_bytes, {}}),
                         [](const auto& seed) { return std::string(seed.param.format); });

}  // namespace
}  // namespace lnsim
