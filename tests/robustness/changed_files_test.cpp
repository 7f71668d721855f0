// Files that are read twice, and are others when they are read again.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "tests/robustness/bad_files.h"
#include "tests/unit/import/chakra_builder.h"
#include "tests/unit/import/trace_builder.h"
#include "tools/import/chakra.h"
#include "tools/import/chakra_operators.h"
#include "tools/import/pytorch.h"
#include "tools/import/pytorch_file.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = std::size_t{1} << 30;

class ChangedFile : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }

  void write(const std::string& bytes) const {
    fs::remove(path_);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  // What is said of the file, without its name.
  std::string message_of(const std::function<void(const fs::path&)>& read) const {
    const std::string message = message_when(read, path_);
    const std::string name = path_.filename().string();
    return message.starts_with(name) ? message.substr(name.size()) : message;
  }

  fs::path path_ = fs::temp_directory_path() / ("lnsim_changed_" + std::to_string(::getpid()));
};

constexpr const char* kChanged =
    ": got a file that was changed while it was read, expected one that stays as it is\n";

class ChangedPyTorchTrace : public ChangedFile {
 protected:
  static TraceBuilder product() {
    TraceBuilder trace;
    trace.add("aten::mm", 1, 0, 8, {TraceBuilder::tensor(1, {3, 4}), TraceBuilder::tensor(2, {4, 5})},
              {TraceBuilder::tensor(3, {3, 5})});
    return trace;
  }
  std::string message_when_it_becomes(const std::string& text) const {
    write(product().flat().dump());
    const pytorch::Outline outline = pytorch::read_outline(path_, kLargest);
    EXPECT_EQ(pytorch::read_step(path_, outline, 0).nodes.size(), 2U);
    write(text);
    return message_of([&](const fs::path& path) { pytorch::read_step(path, outline, 0); });
  }
};

TEST_F(ChangedPyTorchTrace, cut_short) {
  std::string text = product().flat().dump();
  for (const std::size_t bytes : {text.size() / 8, text.size() / 2, text.size() * 3 / 4})
    EXPECT_EQ(message_when_it_becomes(text.substr(0, bytes)), kChanged) << bytes;
}

TEST_F(ChangedPyTorchTrace, with_other_ids) {
  nlohmann::json document = product().flat();
  document["nodes"][0]["id"] = 0;
  EXPECT_EQ(message_when_it_becomes(document.dump()), kChanged);
}

TEST_F(ChangedPyTorchTrace, with_other_parents) {
  nlohmann::json document = product().flat();
  document["nodes"][1]["parent"] = 2;
  EXPECT_EQ(message_when_it_becomes(document.dump()), kChanged);
}

TEST_F(ChangedPyTorchTrace, with_nodes_elsewhere) {
  EXPECT_EQ(message_when_it_becomes(" " + product().flat().dump(1)), kChanged);
}

TEST_F(ChangedPyTorchTrace, with_nodes_that_are_none) {
  nlohmann::json document = product().flat();
  document["nodes"][1]["inputs"] = 1;
  EXPECT_EQ(message_when_it_becomes(document.dump()), kChanged);
}

class ChangedChakraTrace : public ChangedFile {
 protected:
  static std::string relus(int count, const char* name = "aten::relu") {
    ChakraBuilder trace;
    for (int i = 0; i < count; ++i)
      trace.add(name, 1, {ChakraBuilder::tensor(1, {2, 4})}, {ChakraBuilder::tensor(2, {2, 4})});
    return trace.bytes();
  }
  std::string message_when_it_becomes(const std::string& bytes) const {
    write(relus(3));
    const auto outline = chakra::read_outline(path_, kLargest);
    EXPECT_EQ(chakra::read_operators(path_, kLargest, outline).size(), 3U);
    write(bytes);
    return message_of([&](const fs::path& path) { chakra::read_operators(path, kLargest, outline); });
  }
};

TEST_F(ChangedChakraTrace, with_fewer_messages) {
  EXPECT_EQ(message_when_it_becomes(relus(2)), kChanged);
}

TEST_F(ChangedChakraTrace, cut_short) {
  const std::string bytes = relus(3);
  // The metadata, and of the first operator's three messages a part.
  EXPECT_EQ(message_when_it_becomes(bytes.substr(0, 60)),
            ": message 1: got bytes that are no message of a Chakra trace, expected a whole one\n");
}

TEST_F(ChangedChakraTrace, with_other_operators) {
  EXPECT_EQ(message_when_it_becomes(relus(3, "aten::relu_backward")), kChanged);
}

TEST_F(ChangedChakraTrace, with_kernels_in_place_of_operators) {
  ChakraBuilder trace;
  for (int i = 0; i < 9; ++i) trace.write(trace.node_of("maxwell_sgemm_64x64_nn", {}, {}));
  EXPECT_EQ(message_when_it_becomes(trace.bytes()), kChanged);
}

// What can be read only once is not opened, which might wait for ever.
TEST_F(ChangedFile, that_is_a_pipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  constexpr const char* kPipe = ": got a pipe or a device, expected a file: it is read twice\n";
  EXPECT_EQ(message_of([](const fs::path& path) { import_pytorch(path); }), kPipe);
  EXPECT_EQ(message_of([](const fs::path& path) { import_chakra(path); }), kPipe);
}

}  // namespace
}  // namespace lnsim
