// Every bad topology under tests/data/bad_scalesim gives exactly the message that stands in the .txt beside
// it.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/robustness/bad_files.h"
#include "tools/import/scalesim.h"

namespace lnsim {
namespace {

class BadTopology : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(BadTopology, gives_exactly_its_message) {
  std::filesystem::path expected = GetParam();
  expected.replace_extension(".txt");
  ASSERT_TRUE(std::filesystem::exists(expected)) << expected;
  EXPECT_EQ(message_when([](const std::filesystem::path& path) { import_scalesim(path); }, GetParam()),
            content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, BadTopology, testing::ValuesIn(bad_files("bad_scalesim", ".csv")),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(JoinedTopologies, NameTheGradientWithoutALayer) {
  const std::filesystem::path path =
      std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/data/bad_scalesim/joined/net_fwd.csv";
  EXPECT_EQ(message_when([](const std::filesystem::path& file) { import_scalesim(file); }, path),
            "net_input_grad.csv:3:1: got b, expected a layer of the forward file\n");
}

}  // namespace
}  // namespace lnsim
