#include "sim/run/sweep/result_store.h"

#include <fmt/format.h>

#include <stdexcept>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

constexpr std::int64_t kSchemaVersion = 2;
constexpr std::chrono::milliseconds kLongestWait{1000};  // our choice, as the next one
constexpr std::size_t kMostWaiting = 256;

std::string metric_columns(std::string_view type) {
  std::string columns;
  for (const MetricRow& row : kMetrics) columns += fmt::format(", {}{}", row.name, type);
  return columns;
}

std::string placeholders(std::size_t count) {
  std::string marks = "?";
  for (std::size_t i = 1; i < count; ++i) marks += ",?";
  return marks;
}

std::string schema() {
  const std::string result =
      fmt::format("error TEXT{}, energy_pj_by_component TEXT", metric_columns(" REAL"));
  return fmt::format(R"(BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS result(key TEXT PRIMARY KEY, {0}) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sweep(id TEXT PRIMARY KEY, name TEXT NOT NULL, program TEXT NOT NULL,
  question TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS point(sweep TEXT NOT NULL, number INTEGER NOT NULL, parameters TEXT NOT NULL,
  config TEXT NOT NULL, estimated INTEGER NOT NULL, {0}, PRIMARY KEY(sweep, number)) STRICT, WITHOUT ROWID;
PRAGMA user_version = {1};
COMMIT;)",
                     result, kSchemaVersion);
}

// Of an estimated point, what the simulated one replaces.
std::string replaced_columns() {
  std::string columns = "estimated = 0, error = excluded.error";
  for (const MetricRow& row : kMetrics) columns += fmt::format(", {0} = excluded.{0}", row.name);
  return columns + ", energy_pj_by_component = excluded.energy_pj_by_component";
}

std::string result_columns() {
  return fmt::format("error{}, energy_pj_by_component", metric_columns(""));
}
constexpr int kResultColumns = static_cast<int>(kMetricCount) + 2;

void bind_result(sqlite::Statement& statement, int first, const SweepResult& result) {
  if (result.error.empty()) {
    statement.bind_null(first);
  } else {
    statement.bind(first, result.error);
  }
  for (const MetricRow& row : kMetrics) {
    const auto& value = at(result.metrics, row.metric);
    const int parameter = first + 1 + static_cast<int>(row.metric);
    if (value) {
      statement.bind(parameter, *value);
    } else {
      statement.bind_null(parameter);
    }
  }
  statement.bind(first + kResultColumns - 1, nlohmann::ordered_json(result.energy_pj_by_component).dump());
}

SweepResult read_result(const sqlite::Statement& row, int first) {
  SweepResult result;
  result.error = row.text(first);
  for (const MetricRow& metric : kMetrics) {
    const int column = first + 1 + static_cast<int>(metric.metric);
    if (!row.is_null(column)) at(result.metrics, metric.metric) = row.real(column);
  }
  result.energy_pj_by_component =
      nlohmann::json::parse(row.text(first + kResultColumns - 1)).get<std::map<std::string, double>>();
  return result;
}

std::int64_t version_of(sqlite::Database& database) {
  sqlite::Statement version = database.prepare("PRAGMA user_version");
  version.step();
  return version.integer(0);
}

void check_version(sqlite::Database& database, std::int64_t version) {
  if (version == kSchemaVersion) return;
  throw UserError(Diagnostic{{database.file()},
                             "user_version",
                             fmt::to_string(version),
                             fmt::format("{}: a database of sweeps by this program", kSchemaVersion)});
}

// SQL's forms of text and of names.
std::string sql_quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) result += c == quote ? std::string(2, quote) : std::string(1, c);
  return result + quote;
}

}  // namespace

ResultStore::ResultStore(const std::filesystem::path& path, sqlite::Access access) : database_(path, access) {
  if (access == sqlite::Access::read_write) {
    std::error_code error;
    const bool is_new = std::filesystem::file_size(path, error) == 0;
    database_.keep_a_write_ahead_log();
    database_.execute("PRAGMA synchronous = NORMAL");
    // Another process may have made the tables since.
    if (is_new || version_of(database_) == 0) {
      sqlite::Statement tables = database_.prepare(
          "SELECT count(*) FROM sqlite_schema WHERE name NOT IN "
          "('result', 'sweep', 'point')");
      tables.step();
      if (tables.integer(0) != 0) check_version(database_, 0);
      tables.reset();
      database_.execute(schema());
    }
  }
  check_version(database_, version_of(database_));
  find_result_ = database_.prepare(fmt::format("SELECT {} FROM result WHERE key = ?", result_columns()));
  if (access == sqlite::Access::read_only) return;
  add_result_ = database_.prepare(fmt::format("INSERT OR IGNORE INTO result(key, {}) VALUES ({})",
                                              result_columns(), placeholders(1 + kResultColumns)));
  add_point_ = database_.prepare(
      fmt::format("INSERT INTO point(sweep, number, parameters, config, estimated, {}) VALUES ({}) "
                  "ON CONFLICT(sweep, number) DO UPDATE SET {} WHERE estimated AND NOT excluded.estimated",
                  result_columns(), placeholders(5 + kResultColumns), replaced_columns()));
}

ResultStore::~ResultStore() {
  try {
    flush();
  } catch (const std::exception&) {
  }
}

void ResultStore::write_when_due() {
  const bool is_due = std::chrono::steady_clock::now() - written_ > kLongestWait;
  if (is_due || waiting_results_.size() + waiting_points_.size() >= kMostWaiting) write();
}

void ResultStore::write() {
  if (waiting_results_.empty() && waiting_points_.empty()) return;
  database_.execute("BEGIN IMMEDIATE");
  for (const auto& [key, result] : waiting_results_) {
    add_result_->bind(1, key);
    bind_result(*add_result_, 2, result);
    add_result_->run();
  }
  for (const auto& [sweep, point] : waiting_points_) {
    add_point_->bind(1, sweep);
    add_point_->bind(2, point.number);
    add_point_->bind(3, point.parameters.dump());
    add_point_->bind(4, point.config.dump());
    add_point_->bind(5, std::int64_t{point.estimated ? 1 : 0});
    bind_result(*add_point_, 6, point.result);
    add_point_->run();
  }
  database_.execute("COMMIT");
  waiting_results_.clear();
  waiting_points_.clear();
  written_ = std::chrono::steady_clock::now();
}

void ResultStore::flush() {
  const std::lock_guard lock(mutex_);
  write();
}

std::optional<SweepResult> ResultStore::result(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto waiting = waiting_results_.find(key);
  if (waiting != waiting_results_.end()) return waiting->second;
  find_result_->bind(1, key);
  std::optional<SweepResult> found;
  if (find_result_->step()) found = read_result(*find_result_, 0);
  find_result_->reset();
  return found;
}

void ResultStore::add_result(const std::string& key, const SweepResult& result) {
  const std::lock_guard lock(mutex_);
  waiting_results_.try_emplace(key, result);
  write_when_due();
}

void ResultStore::add_point(const std::string& sweep, const SweepPoint& point) {
  const std::lock_guard lock(mutex_);
  waiting_points_.emplace_back(sweep, point);
  write_when_due();
}

void ResultStore::add_sweep(const StoredSweep& sweep) {
  const std::lock_guard lock(mutex_);
  sqlite::Statement add =
      database_.prepare("INSERT OR IGNORE INTO sweep(id, name, program, question) VALUES (?, ?, ?, ?)");
  add.bind(1, sweep.id);
  add.bind(2, sweep.name);
  add.bind(3, sweep.program);
  add.bind(4, sweep.question.dump());
  add.run();
}

std::vector<SweepPoint> ResultStore::points(const std::string& sweep) {
  const std::lock_guard lock(mutex_);
  write();
  sqlite::Statement rows = database_.prepare(fmt::format(
      "SELECT number, parameters, config, estimated, {} FROM point WHERE sweep = ? ORDER BY number",
      result_columns()));
  rows.bind(1, sweep);
  std::vector<SweepPoint> points;
  while (rows.step()) {
    points.push_back({rows.integer(0), nlohmann::ordered_json::parse(rows.text(1)),
                      nlohmann::ordered_json::parse(rows.text(2)), read_result(rows, 4),
                      rows.integer(3) != 0});
  }
  return points;
}

void ResultStore::take_results(const std::filesystem::path& other) {
  ResultStore source(other, sqlite::Access::read_only);
  sqlite::Statement rows =
      source.database_.prepare(fmt::format("SELECT key, {} FROM result ORDER BY key", result_columns()));
  while (rows.step()) add_result(rows.text(0), read_result(rows, 1));
  flush();
}

void ResultStore::show(const StoredSweep& sweep) {
  const std::lock_guard lock(mutex_);
  std::string columns;
  for (const auto& axis : sweep.question.at("axes")) {
    const std::string path = axis.at("path").get<std::string>();
    columns += fmt::format(", json_extract(parameters, {}) AS {}",
                           sql_quoted(fmt::format("$.\"{}\"", path), '\''), sql_quoted(path, '"'));
  }
  write();
  database_.execute(
      fmt::format("BEGIN IMMEDIATE; DROP VIEW IF EXISTS points; CREATE VIEW points AS "
                  "SELECT sweep, number{}, estimated, {} FROM point WHERE sweep = {}; COMMIT;",
                  columns, result_columns(), sql_quoted(sweep.id, '\'')));
}

StoredSweep ResultStore::shown() {
  const std::lock_guard lock(mutex_);
  try {
    sqlite::Statement rows = database_.prepare(
        "SELECT id, name, program, question FROM sweep WHERE id = (SELECT sweep FROM points LIMIT 1)");
    if (rows.step())
      return {rows.text(0), rows.text(1), rows.text(2), nlohmann::ordered_json::parse(rows.text(3))};
  } catch (const std::invalid_argument&) {
    // No sweep has made the view yet.
  }
  throw UserError(Diagnostic{{database_.file()}, "points", "nothing", "a sweep that was run"});
}

}  // namespace lnsim
