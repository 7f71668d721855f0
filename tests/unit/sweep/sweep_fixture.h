// Runs sweeps of a small network in a folder of their own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sim/run/sweep/outcome.h"
#include "sim/run/sweep/sweep.h"
#include "tests/unit/temporary_folder.h"

namespace lnsim {

inline const std::filesystem::path kSource = LNSIM_SOURCE_DIR;

struct Ran : SweepOutcome {
  std::uint64_t run = 0, left_out = 0, simulated = 0;
  EstimateErrors estimates;
};

class Sweeps : public testing::Test {
 protected:
  Sweeps() {
    std::filesystem::create_directory_symlink(kSource / "configs", folder_.path() / "configs");
    std::filesystem::create_directory_symlink(kSource / "traces", folder_.path() / "traces");
  }

  Ran run(const std::string& rest, const std::string& database = "sweep.db", SweepShard shard = {},
          const std::vector<std::string>& from = {}) {
    const auto path = folder_.path() / "sweep.yaml";
    std::ofstream(path) << "name: test\nbase: configs/accelerators/lns-madam.yaml\n"
                        << "traces: [traces/digits-cnn.jsonl]\n"
                        << rest;
    ResultStore store(folder_.path() / database);
    for (const std::string& other : from) store.take_results(folder_.path() / other);
    const SweepRun ran =
        run_sweep(read_sweep(path), store, {.jobs = 2, .shard = shard}, [](std::uint64_t, std::uint64_t) {});
    return {outcome_of(store, ran.sweep), ran.run, ran.left_out, ran.simulated, ran.estimates};
  }

  // Every row of the tables, as text.
  std::vector<std::string> content(const std::string& database) {
    sqlite::Database opened(folder_.path() / database, sqlite::Access::read_only);
    std::vector<std::string> rows;
    for (const std::string table : {"result", "sweep", "point"}) {
      auto found = opened.prepare("SELECT * FROM " + table + " ORDER BY 1, 2");
      while (found.step()) {
        std::string row = table;
        for (int i = 0; i < found.columns(); ++i) row += "|" + found.text(i);
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  TemporaryFolder folder_;
};

}  // namespace lnsim
