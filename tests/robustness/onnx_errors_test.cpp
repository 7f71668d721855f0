// Every bad model under tests/data/bad_onnx, written as protobuf text, gives exactly the message that stands
// in the .txt beside it.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/robustness/bad_files.h"
#include "tools/import/onnx.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

class OnnxErrors : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("lnsim_onnx_errors_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string message_of(const fs::path& path, const ImportOptions& options = {}) {
    return message_when([&](const fs::path& model) { import_onnx(model, options); }, path);
  }
  static std::string bytes_of(const fs::path& text) {
    onnx::ModelProto model;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(content(text), &model)) << text;
    return model.SerializeAsString();
  }

  fs::path folder_;
};

class BadOnnxModel : public OnnxErrors, public testing::WithParamInterface<fs::path> {};

TEST_P(BadOnnxModel, gives_exactly_its_message) {
  fs::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  const fs::path path = file(GetParam().stem().string() + ".onnx", bytes_of(GetParam()));
  EXPECT_EQ(message_of(path), content(expected));
}

INSTANTIATE_TEST_SUITE_P(Models, BadOnnxModel, testing::ValuesIn(bad_files("bad_onnx", ".txtpb")),
                         [](const auto& model) { return model.param.stem().string(); });

TEST_F(OnnxErrors, bytes_of_another_kind_are_refused) {
  EXPECT_EQ(message_of(file("text.onnx", "digraph { a -> b }\n")),
            "text.onnx: got bytes that are no ONNX model, expected a whole one\n");
}

TEST_F(OnnxErrors, a_model_cut_short_is_refused) {
  const fs::path whole = fs::path(LNSIM_SOURCE_DIR) / "tests/data/bad_onnx/open_dimensions.txtpb";
  const std::string bytes = bytes_of(whole);
  EXPECT_EQ(message_of(file("half.onnx", bytes.substr(0, bytes.size() / 2))),
            "half.onnx: got bytes that are no ONNX model, expected a whole one\n");
}

TEST_F(OnnxErrors, a_model_that_unpacks_to_too_much_is_refused) {
  const fs::path whole = fs::path(LNSIM_SOURCE_DIR) / "tests/data/bad_onnx/open_dimensions.txtpb";
  EXPECT_EQ(message_of(file("large.onnx", bytes_of(whole)), {.largest_bytes = 50}),
            "large.onnx: got a file that unpacks to more, expected at most 50 bytes\n");
}

TEST_F(OnnxErrors, a_dimension_that_the_model_does_not_have_is_refused) {
  const fs::path whole = fs::path(LNSIM_SOURCE_DIR) / "tests/data/bad_onnx/open_dimensions.txtpb";
  EXPECT_EQ(message_of(file("model.onnx", bytes_of(whole)), {.dimensions = {{"bacth", 2}}}),
            "model.onnx: graph.input: got no open dimension bacth, expected one of batch, x[1]\n");
}

}  // namespace
}  // namespace lnsim
