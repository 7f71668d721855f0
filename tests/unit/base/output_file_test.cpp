#include "sim/base/output_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

class OutputFile : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const fs::path folder_ =
      fs::temp_directory_path() /
      (std::string("lnsim_") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(OutputFile, appears_with_its_content_and_nothing_beside_it) {
  write_file(folder_ / "report.json", "{}\n");
  EXPECT_EQ(content(folder_ / "report.json"), "{}\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(OutputFile, replaces_an_older_one_whole) {
  write_file(folder_ / "report.json", "a long older report");
  write_file(folder_ / "report.json", "new");
  EXPECT_EQ(content(folder_ / "report.json"), "new");
}

TEST_F(OutputFile, written_piece_by_piece_appears_when_it_is_whole) {
  const fs::path path = folder_ / "report.json";
  write_file(path, "older");
  {
    lnsim::OutputFile given_up(path);
    given_up.stream() << "half";
  }
  EXPECT_EQ(content(path), "older");
  lnsim::OutputFile file(path);
  file.stream() << "first, ";
  file.stream() << "second";
  EXPECT_EQ(content(path), "older");
  file.commit();
  EXPECT_EQ(content(path), "first, second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(OutputFile, that_cannot_be_written_is_named_and_leaves_nothing) {
  const fs::path path = folder_ / "absent" / "report.json";
  try {
    write_file(path, "x");
    FAIL() << "written into a folder that is not there";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              path.string() + ": got No such file or directory, expected a file that can be written");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(OutputFile, leaves_what_stands_under_the_name_when_it_cannot_be_replaced) {
  // A folder stands where the file should go: the rename fails after a complete write.
  fs::create_directories(folder_ / "report.json" / "kept");
  EXPECT_THROW(write_file(folder_ / "report.json", "x"), UserError);
  EXPECT_TRUE(fs::exists(folder_ / "report.json" / "kept"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace lnsim
