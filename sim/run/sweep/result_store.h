// Results of sweeps in one SQLite file.
//
// Tables (schema version 2, PRAGMA user_version):
//
//     result   what a simulation gave, by the hash of all that determines it
//       key                       SHA-256 of program, effective config, costs and inputs
//       error                     why there is no result; else NULL
//       METRIC ...                kMetrics (sim/run/sweep/metrics.h), NULL where not known
//       energy_pj_by_component    JSON object, component: pJ
//     sweep    a question
//       id                        SHA-256 of the sweep file, all files it names, and the program
//       name, program             the latter with version and commit
//       question                  JSON: axes, objectives, constraints, search, inputs with their hashes
//     point    its points
//       sweep, number             the number is that of the grid's design; -1 is the reference
//       parameters                JSON object, path: value on the axes
//       config                    JSON, effective
//       estimated                 1: not simulated, and its cycles are estimates; else 0
//       error                     why there is no result; else NULL
//       METRIC ..., energy_pj_by_component    of all traces, and of the recorded operands
//
// The view `points` has the points of the sweep that was run last, with a column for every parameter on its
// axes.
//
// There are no times and no host names in it: equal questions give equal rows, in whatever order and by
// however many processes they are written. Rows wait for a second at most and are then written in one short
// transaction with write-ahead logging: a process that is killed loses what waits, and nothing else. Several
// processes on one machine may write to a file at once.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/sweep/metrics.h"
#include "sim/run/sweep/sqlite.h"

namespace lnsim {

struct SweepResult {
  std::string error;  // empty: none
  Metrics metrics{};
  std::map<std::string, double> energy_pj_by_component;
};

struct SweepPoint {
  std::int64_t number = 0;
  nlohmann::ordered_json parameters;
  nlohmann::ordered_json config;
  SweepResult result;
  bool estimated = false;  // not simulated
};

inline constexpr std::int64_t kReferencePoint = -1;

struct StoredSweep {
  std::string id, name, program;
  nlohmann::ordered_json question;
};

// Several threads may use it.
class ResultStore {
 public:
  // Makes the tables in a new file. Throws UserError for files that are no such database or of another schema
  // version.
  explicit ResultStore(const std::filesystem::path& path, sqlite::Access access = sqlite::Access::read_write);
  // Writes what is waiting; failures to do so are lost, so call flush().
  ~ResultStore();

  std::optional<SweepResult> result(const std::string& key);
  void add_result(const std::string& key, const SweepResult& result);

  void add_sweep(const StoredSweep& sweep);
  // A point that was estimated gives way to the simulated one.
  void add_point(const std::string& sweep, const SweepPoint& point);
  std::vector<SweepPoint> points(const std::string& sweep);  // in the order of their numbers

  // Takes the results of another file, for points that are in this one's sweeps or will be.
  void take_results(const std::filesystem::path& other);
  // A view `points` of a sweep's points with a column for every parameter on its axes.
  void show(const StoredSweep& sweep);
  // The sweep that was last shown. Throws UserError when there is none.
  StoredSweep shown();
  void flush();

 private:
  // With the mutex held.
  void write_when_due();
  void write();

  std::mutex mutex_;
  sqlite::Database database_;
  std::optional<sqlite::Statement> find_result_, add_result_, add_point_;
  std::map<std::string, SweepResult> waiting_results_;
  std::vector<std::pair<std::string, SweepPoint>> waiting_points_;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

}  // namespace lnsim
