// Damaged topologies and problems are refused with a message, or give a trace that is read again.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "sim/base/errors.h"
#include "tests/robustness/bad_files.h"
#include "tools/import/scalesim.h"
#include "tools/import/timeloop.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

constexpr int kMutationsPerFile = 50;

class MutatedText : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("lnsim_mutations_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // One to four bytes, numbers or lines changed.
  std::string mutated(std::string text) {
    static constexpr std::string_view kPieces[] = {"0",    "-1", "9",  "4294967296", "9223372036854775807",
                                                   ",",    "\n", ":",  "[",          "]",
                                                   "{",    "}",  "- ", "DP",         "2:4",
                                                   "\xef", "P",  "\t"};
    const auto below = [&](std::size_t end) {
      return std::uniform_int_distribution<std::size_t>(0, end)(random_);
    };
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      const std::size_t removed = below(2) == 0 ? below(8) : below(1);
      text.replace(at, std::min(removed, text.size() - at), kPieces[below(std::size(kPieces) - 1)]);
    }
    return text;
  }

  // How many were accepted.
  template <class Import>
  int expect_an_answer(const fs::path& original, const Import& import) {
    const std::string text = content(original);
    const fs::path path = folder_ / original.filename();
    int accepted = 0;
    for (int i = 0; i < kMutationsPerFile; ++i) {
      const std::string changed = mutated(text);
      fs::remove(path);  // some file systems wait for the disk when a file is overwritten
      std::ofstream(path, std::ios::binary) << changed;
      try {
        const ImportResult result = import(path, ImportOptions{});
        const fs::path trace = folder_ / "trace.jsonl";
        write_trace(result.trace, trace);
        EXPECT_EQ(trace_totals(read_trace(trace)).macs, result.totals.macs) << changed;
        ++accepted;
      } catch (const UserError& error) {
        EXPECT_FALSE(error.diagnostics().empty());
      }
    }
    fs::remove(path);
    return accepted;
  }

  fs::path folder_;
  std::mt19937 random_{20210611};
};

TEST_F(MutatedText, OfTopologiesGiveAMessageOrATrace) {
  int accepted = 0;
  const auto files = bad_files("scalesim", ".csv");
  for (const fs::path& file : files) accepted += expect_an_answer(file, import_scalesim);
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kMutationsPerFile * static_cast<int>(files.size()));
}

TEST_F(MutatedText, OfProblemsGiveAMessageOrATrace) {
  int accepted = 0;
  const auto files = bad_files("timeloop", ".yaml");
  for (const fs::path& file : files) accepted += expect_an_answer(file, import_timeloop);
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kMutationsPerFile * static_cast<int>(files.size()));
}

}  // namespace
}  // namespace lnsim
