// `lnsim report` from the outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/cli/lnsim_with.h"
#include "tests/unit/run/sweep_document.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReportCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / (std::string("lnsim_report_command_") +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string in(const std::string& name) const { return (folder_ / name).generic_string(); }

  static std::string source(const char* path) { return (fs::path(LNSIM_SOURCE_DIR) / path).string(); }

  // Makes the document, then its page and figures.
  void make(const std::string& command) {
    const Outcome made = lnsim_with({command, source("configs/accelerators/lns-madam.yaml"),
                                     source("traces/digits-cnn.jsonl"), "--out", in("made")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    reported_ = lnsim_with({"report", in("made"), "--out", in("page.html"), "--figures", in("figures")});
    ASSERT_EQ(reported_.exit_code, 0) << reported_.err;
  }

  void expect_same_figure(const std::string& name) const {
    const std::string drawn = text_of(folder_ / "made" / (name + ".svg"));
    EXPECT_FALSE(drawn.empty());
    EXPECT_EQ(text_of(folder_ / "figures" / (name + ".svg")), drawn) << name;
    EXPECT_THAT(text_of(folder_ / "figures" / (name + ".png")), testing::StartsWith("\x89PNG")) << name;
  }

  fs::path folder_;
  Outcome reported_;
};

TEST_F(ReportCommand, DrawsTheFiguresThatTheRunDrew) {
  make("run");
  for (const char* name : {"roofline", "energy_by_layer", "energy_flow"}) expect_same_figure(name);
  EXPECT_EQ(reported_.out, "Written: " + in("figures/roofline.svg") + ", " + in("figures/roofline.png") +
                               ", " + in("figures/energy_by_layer.svg") + ", " +
                               in("figures/energy_by_layer.png") + ", " + in("figures/energy_flow.svg") +
                               ", " + in("figures/energy_flow.png") + ", " + in("page.html") + "\n");
  EXPECT_THAT(text_of(folder_ / "page.html"), HasSubstr("<title>digits-cnn on lns-madam</title>"));
}

TEST_F(ReportCommand, DrawsTheFigureThatTheComparisonDrew) {
  make("compare");
  expect_same_figure("energy_equal_lanes");
  EXPECT_THAT(text_of(folder_ / "page.html"), HasSubstr("<title>Datapaths of lns-madam compared</title>"));
}

TEST_F(ReportCommand, LeavesNoPageOfADocumentThatIsNone) {
  const Outcome outcome = lnsim_with({"report", in("nothing.json"), "--out", in("page.html")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, in("nothing.json") +
                             ": got no file that can be read, expected report.json of lnsim run --out, "
                             "comparison.json of lnsim compare --out or the sweep.json of a sweep\n");
  EXPECT_FALSE(fs::exists(folder_ / "page.html"));
}

TEST_F(ReportCommand, LeavesNothingHalfWrittenWhereAPictureCannotStand) {
  fs::create_directories(folder_ / "figures" / "front.png");
  std::ofstream(folder_ / "sweep.json") << small_sweep().dump();
  const Outcome outcome = lnsim_with({"report", in("sweep.json"), "--figures", in("figures")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            in("figures/front.png") +
                ": got Is a directory, expected a place where rsvg-convert can write a picture\n");
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_ / "figures"))
    left.push_back(entry.path().filename().string());
  EXPECT_THAT(left, testing::UnorderedElementsAre("front.png", "front.svg"));
}

TEST_F(ReportCommand, WantsToKnowWhatToWrite) {
  const Outcome outcome = lnsim_with({"report", in("nothing.json")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "got neither --out nor --figures, expected at least one of them\n");
}

}  // namespace
}  // namespace lnsim
