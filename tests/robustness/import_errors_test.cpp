// Every bad file under tests/data/bad_pytorch gives exactly the message that stands in the .txt beside it;
// packed ones are made here.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/errors.h"
#include "tests/robustness/bad_files.h"
#include "tools/import/pytorch.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string message_of(const fs::path& path, const ImportOptions& options = {}) {
  return message_when([&](const fs::path& file) { import_pytorch(file, options); }, path);
}

class BadPyTorchFile : public testing::TestWithParam<fs::path> {};

TEST_P(BadPyTorchFile, gives_exactly_its_message) {
  fs::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  EXPECT_EQ(message_of(GetParam()), content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadPyTorchFile, testing::ValuesIn(bad_files("bad_pytorch", ".json")),
                         [](const auto& file) { return file.param.stem().string(); });

class PackedPyTorchFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("lnsim_import_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path packed(const std::string& text) const {
    const fs::path path = folder_ / "trace.json.gz";
    gzFile file = gzopen(path.c_str(), "wb9");
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    gzclose(file);
    return path;
  }

  fs::path folder_;
};

TEST_F(PackedPyTorchFile, cut_short_says_so) {
  const fs::path path = packed(std::string(100000, ' '));
  fs::resize_file(path, fs::file_size(path) - 9);
  EXPECT_EQ(message_of(path), "trace.json.gz: got a gzip file cut short, expected a whole one\n");
}

TEST_F(PackedPyTorchFile, with_a_wrong_checksum_says_so) {
  const fs::path path = packed(std::string(100000, ' '));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(-5, std::ios::end);
  file.put('\x55');
  file.close();
  EXPECT_EQ(message_of(path), "trace.json.gz: got damaged gzip data, expected a gzip file that unpacks\n");
}

TEST_F(PackedPyTorchFile, that_unpacks_to_too_much_is_refused) {
  const fs::path path = packed(std::string(5000000, ' '));
  EXPECT_LT(fs::file_size(path), 10000U);
  EXPECT_EQ(message_of(path, {.step = 0, .largest_bytes = 1000000}),
            "trace.json.gz: got a file that unpacks to more, expected at most 1000000 bytes\n");
}

// The text is read in pieces: places are counted over their ends, in characters.
TEST_F(PackedPyTorchFile, that_is_no_json_has_its_place_behind_many_lines) {
  EXPECT_EQ(message_of(packed("{" + std::string(299999, '\n') + "  \"\u00e9\" x")),
            "trace.json.gz:300000:7: got text that is not JSON, expected a PyTorch execution trace\n");
}

TEST_F(PackedPyTorchFile, that_is_no_json_has_its_place_in_a_long_line) {
  std::string text = "{\"a\": \"";  // 7 characters
  for (int i = 0; i < 300000; ++i) text += "\u00e9";
  EXPECT_EQ(message_of(packed(text + "\" x")),
            "trace.json.gz:1:300010: got text that is not JSON, expected a PyTorch execution trace\n");
}

TEST_F(PackedPyTorchFile, with_an_endless_text_is_refused) {
  EXPECT_EQ(message_of(packed("{\"a\": \"" + std::string(17000000, 'a'))),
            "trace.json.gz: got a text or an operator of more bytes, expected at most 16777216 bytes\n");
}

TEST_F(PackedPyTorchFile, with_an_endless_operator_is_refused) {
  std::string text = "{\"schema\": \"1.0.1\", \"nodes\": [{\"inputs\": [";
  while (text.size() < 17000000) text += "11111111111111111111, ";
  EXPECT_EQ(message_of(packed(text)),
            "trace.json.gz: got a text or an operator of more bytes, expected at most 16777216 bytes\n");
}

TEST_F(PackedPyTorchFile, that_is_not_there_says_so) {
  EXPECT_EQ(message_of(folder_ / "none.json"),
            "none.json: got No such file or directory, expected a file that can be read\n");
}

TEST_F(PackedPyTorchFile, that_is_a_folder_says_so) {
  fs::create_directories(folder_ / "sub");
  EXPECT_EQ(message_of(folder_ / "sub"), "sub: got a folder, expected a file\n");
}

}  // namespace
}  // namespace lnsim
