// Every bad trace under tests/data/bad_traces gives exactly the message that stands in the .txt beside it.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/base/errors.h"
#include "sim/run/trace/trace.h"
#include "tests/robustness/bad_files.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string message_of(const fs::path& path) {
  return message_when([](const fs::path& file) { read_trace(file); }, path);
}

class BadTrace : public testing::TestWithParam<fs::path> {};

TEST_P(BadTrace, gives_exactly_its_message) {
  fs::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  EXPECT_EQ(message_of(GetParam()), content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadTrace, testing::ValuesIn(bad_files("bad_traces", ".jsonl")),
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

// A manifest is read twice.
TEST(BadTraces, a_device_says_so) {
  EXPECT_EQ(message_of("/dev/null"), "null: got a device, pipe or socket, expected a file\n");
}

}  // namespace
}  // namespace lnsim
