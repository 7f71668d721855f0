// Every bad trace under tests/data/bad_traces gives exactly the message that stands in the .txt beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(LNSIM_SOURCE_DIR) / "tests/data/bad_traces")) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The message, without the folder that the paths in it begin with.
std::string message_of(const fs::path& path) {
  try {
    read_trace(path);
  } catch (const UserError& error) {
    std::string text = error.what();
    const std::string folder = path.parent_path().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text + "\n";
  }
  return "no error\n";
}

class BadTrace : public testing::TestWithParam<fs::path> {};

TEST_P(BadTrace, gives_exactly_its_message) {
  fs::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  EXPECT_EQ(message_of(GetParam()), content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadTrace, testing::ValuesIn(bad_files()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(BadTraces, a_file_that_is_not_there_says_so) {
  try {
    read_trace("/nowhere/trace.jsonl");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "/nowhere/trace.jsonl: got No such file or directory, expected a trace that can be read");
  }
}

TEST(BadTraces, a_folder_says_so) {
  try {
    read_trace(LNSIM_SOURCE_DIR);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              std::string(LNSIM_SOURCE_DIR) + ": got Is a directory, expected a trace that can be read");
  }
}

}  // namespace
}  // namespace lnsim
