// `lnsim sweep` from the outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/cli/lnsim_with.h"
#include "tests/unit/temporary_folder.h"

namespace lnsim {
namespace {

using testing::HasSubstr;
using testing::Not;

class SweepCommand : public testing::Test {
 protected:
  std::string in(const std::string& name) const { return (folder_.path() / name).generic_string(); }

  // Two machines, of which one is better in everything.
  std::string sweep(const std::string& search, const std::vector<std::string>& arguments = {}) const {
    const std::string source = LNSIM_SOURCE_DIR;
    std::ofstream(in("sweep.yaml")) << "name: two\nbase: " << source
                                    << "/configs/accelerators/lns-madam.yaml\ntraces: [" << source
                                    << "/traces/digits-cnn.jsonl]\n"
                                    << "axes: [{path: dram.channels, values: [1, 8]}]\n"
                                    << "objectives: [{minimise: cycles}]\nsearch: " << search << "\n";
    std::vector<std::string> all{"sweep", in("sweep.yaml"), "--db", in("sweep.db")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome outcome = lnsim_with(all);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }

  TemporaryFolder folder_;
};

TEST_F(SweepCommand, SaysWhatItRan) {
  const std::string out = sweep("{kind: grid}");
  EXPECT_THAT(out, HasSubstr("2 points run now\n"));
  EXPECT_THAT(out, Not(HasSubstr("stimate")));
}

TEST_F(SweepCommand, SaysHowFarEstimatesWereOff) {
  const std::string out = sweep("{kind: grid, simulate: front}");
  EXPECT_THAT(out, HasSubstr("two: 2 points, 1 of them estimates, 1 on the front\n"));
  EXPECT_THAT(out, HasSubstr("2 points estimated and 1 simulated now\n"));
  EXPECT_THAT(out, HasSubstr("Estimates of the 1 points that are simulated were off by\n"));
  EXPECT_THAT(out, Not(HasSubstr("margin")));
}

TEST_F(SweepCommand, WarnsOfAMarginThatEstimatesExceed) {
  EXPECT_THAT(sweep("{kind: grid, simulate: front, margin: 0}"),
              HasSubstr("That is more than the margin of 0 %: points may be missing from the front. Raise "
                        "search.margin.\n"));
}

TEST_F(SweepCommand, LeavesTheFrontOfAPartToTheRunThatMerges) {
  const std::string out = sweep("{kind: grid, simulate: front}", {"--shard", "1/2"});
  EXPECT_THAT(out,
              HasSubstr("1 points estimated and 0 simulated now\nThe front is simulated when the parts are "
                        "merged: lnsim sweep --from\n"));
  EXPECT_THAT(out, HasSubstr("0 (estimated)"));
}

}  // namespace
}  // namespace lnsim
