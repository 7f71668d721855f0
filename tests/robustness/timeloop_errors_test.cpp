// Every bad problem under tests/data/bad_timeloop gives exactly the message that stands in the .txt beside
// it.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/robustness/bad_files.h"
#include "tools/import/timeloop.h"

namespace lnsim {
namespace {

class BadProblem : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(BadProblem, gives_exactly_its_message) {
  std::filesystem::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(std::filesystem::exists(expected)) << expected;
  EXPECT_EQ(message_when([](const std::filesystem::path& path) { import_timeloop(path); }, GetParam()),
            content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadProblem, testing::ValuesIn(bad_files("bad_timeloop", ".yaml")),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace lnsim
