// Files that are no Chakra traces, or whose arguments make no sense, give exactly their messages.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/robustness/bad_files.h"
#include "tests/unit/import/chakra_builder.h"
#include "tools/import/chakra.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::string& bytes, const ImportOptions& options = {}) {
  const fs::path path = fs::temp_directory_path() / ("lnsim_chakra_" + std::to_string(::getpid()) + ".et");
  std::ofstream(path, std::ios::binary) << bytes;
  const std::string text = message_when([&](const fs::path& file) { import_chakra(file, options); }, path);
  fs::remove(path);
  const std::string name = path.filename().string();
  return text.starts_with(name) ? text.substr(name.size()) : text;
}

constexpr auto tensor = ChakraBuilder::tensor;
constexpr auto value = ChakraBuilder::value;

ChakraBuilder linear_layer() {
  ChakraBuilder b;
  b.add("aten::linear", 1, {tensor(1, {2, 4}), tensor(2, {5, 4})}, {tensor(4, {2, 5})});
  return b;
}

TEST(ChakraErrors, an_empty_file) {
  EXPECT_EQ(message_of(""), ": got an empty file, expected a Chakra execution trace\n");
}

TEST(ChakraErrors, a_file_of_another_kind) {
  EXPECT_EQ(message_of("{\"schema\": \"1.0.1\"}"),
            ": message 0: got bytes that are no message of a Chakra trace, expected a whole one\n");
}

TEST(ChakraErrors, a_file_cut_short) {
  std::string bytes = linear_layer().bytes();
  bytes.resize(bytes.size() - 5);
  // Metadata, the operator twice, and its kernel.
  EXPECT_EQ(message_of(bytes),
            ": message 3: got bytes that are no message of a Chakra trace, expected a whole one\n");
}

TEST(ChakraErrors, a_file_that_unpacks_to_too_much) {
  EXPECT_EQ(message_of(linear_layer().bytes(), {.largest_bytes = 100}),
            ": got a file that unpacks to more, expected at most 100 bytes\n");
}

TEST(ChakraErrors, a_message_that_is_too_long) {
  // 2^31 as a varint.
  EXPECT_EQ(message_of(ChakraBuilder().bytes() + "\x80\x80\x80\x80\x08"),
            ": message 1: got a message of 2147483648 bytes, expected at most 16777216 bytes\n");
}

TEST(ChakraErrors, kernels_alone) {
  ChakraBuilder b;
  chakra::wire::Node kernel = b.node_of("maxwell_sgemm_64x64_nn", {tensor(1, {2, 4})}, {});
  b.write(kernel);
  EXPECT_EQ(message_of(b.bytes()), ": got no operator of PyTorch, expected compute nodes with arguments\n");
}

TEST(ChakraErrors, nothing_to_train) {
  ChakraBuilder b;
  b.add("aten::relu", 1, {tensor(1, {2, 4})}, {tensor(2, {2, 4})});
  EXPECT_EQ(message_of(b.bytes()), ": got no matrix product or convolution, expected a training step\n");
}

TEST(ChakraErrors, gradients_alone) {
  ChakraBuilder b;
  b.add("aten::unheard_of_backward", -1, {tensor(1, {2, 4, 4}), tensor(2, {2, 4, 4})}, {tensor(3, {2, 4, 4})},
        0, 2);
  b.add("aten::bmm", -1, {tensor(3, {2, 4, 4}), tensor(4, {2, 4, 6})}, {tensor(5, {2, 4, 6})}, 0, 2);
  EXPECT_EQ(message_of(b.bytes()),
            ": got only operators that are left out: aten::bmm (no forward operator), "
            "aten::unheard_of_backward, expected a training step\n");
}

TEST(ChakraErrors, a_step_that_is_not_there) {
  EXPECT_EQ(message_of(linear_layer().bytes(), {.step = 3}), ": got step 3, expected a step from 0 to 0\n");
}

TEST(ChakraErrors, arguments_that_are_no_list) {
  ChakraBuilder b;
  chakra::wire::Node node = b.node_of("aten::linear", {}, {});
  node.mutable_inputs()->set_values("[[1, 2");
  b.write(node);
  EXPECT_EQ(
      message_of(b.bytes()),
      ": node 1 (aten::linear).inputs.values: got text that is no list of Python, expected a list with an "
      "entry per argument\n");
}

TEST(ChakraErrors, unequal_lists_of_arguments) {
  ChakraBuilder b;
  chakra::wire::Node node = b.node_of("aten::relu", {tensor(1, {2, 4})}, {});
  node.mutable_inputs()->set_shapes("[[2, 4], [3]]");
  b.write(node);
  EXPECT_EQ(message_of(b.bytes()),
            ": node 1 (aten::relu).inputs: got 1 values, 2 shapes and 1 types, expected as many of each\n");
}

TEST(ChakraErrors, a_convolution_without_its_padding) {
  ChakraBuilder b;
  b.add("aten::conv2d", 1,
        {tensor(1, {2, 3, 8, 8}), tensor(2, {4, 3, 3, 3}), ChakraBuilder::none(), value("[1, 1]"),
         value("'same'"), value("[1, 1]"), value("1")},
        {tensor(3, {2, 4, 8, 8})});
  EXPECT_EQ(
      message_of(b.bytes()),
      ": node 1 (aten::conv2d).inputs[4] (aten::convolution): got \"same\", expected a list of integers from "
      "0 to 2147483648\n");
}

}  // namespace
}  // namespace lnsim
