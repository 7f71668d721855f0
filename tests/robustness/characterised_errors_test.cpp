// Every bad characterisation under tests/data/bad_characterised gives exactly the message that stands in the
// .txt beside it.
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/run/compare/characterised.h"
#include "tests/robustness/bad_files.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

class BadCharacterisation : public testing::TestWithParam<fs::path> {};

TEST_P(BadCharacterisation, gives_exactly_its_message) {
  fs::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(fs::exists(expected)) << expected;
  EXPECT_EQ(message_when([](const fs::path& file) { read_characterisation(file); }, GetParam()),
            content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadCharacterisation,
                         testing::ValuesIn(bad_files("bad_characterised", ".yaml")),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace lnsim
