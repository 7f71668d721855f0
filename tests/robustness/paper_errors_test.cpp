// Every bad file under tests/data/bad_paper gives exactly the message that stands in the .txt beside it.
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/run/paper/published.h"
#include "tests/robustness/bad_files.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

fs::path message_file(fs::path file) {
  return file.replace_extension(".txt");
}

class BadPublished : public testing::TestWithParam<fs::path> {};

TEST_P(BadPublished, gives_exactly_its_message) {
  ASSERT_TRUE(fs::exists(message_file(GetParam())));
  EXPECT_EQ(message_when([](const fs::path& file) { read_published(file); }, GetParam()),
            content(message_file(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Files, BadPublished, testing::ValuesIn(bad_files("bad_paper/published", ".yaml")),
                         [](const auto& file) { return file.param.stem().string(); });

class BadCarbon : public testing::TestWithParam<fs::path> {};

TEST_P(BadCarbon, gives_exactly_its_message) {
  ASSERT_TRUE(fs::exists(message_file(GetParam())));
  EXPECT_EQ(message_when([](const fs::path& file) { read_carbon(file); }, GetParam()),
            content(message_file(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Files, BadCarbon, testing::ValuesIn(bad_files("bad_paper/carbon", ".yaml")),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace lnsim
