// SQLite, with errors as exceptions and handles that close themselves.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sim/run/sweep/value.h"

namespace lnsim::sqlite {

// One prepared statement. Columns and parameters count as SQLite counts them: parameters from 1, columns from
// 0.
class Statement {
 public:
  void bind(int parameter, std::string_view text);
  void bind(int parameter, const char* text) { bind(parameter, std::string_view(text)); }
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind_null(int parameter);
  void bind_value(int parameter, const SweepValue& value);

  // Whether there is a (next) row.
  bool step();
  // For statements that give no rows: executes, and makes it ready to be executed again.
  void run();
  void reset();

  int columns() const;
  std::string name(int column) const;
  bool is_null(int column) const;
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  SweepValue value(int column) const;

 private:
  friend class Database;
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  [[noreturn]] void fail() const;
  void check(int code) const;

  std::string file_;
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

enum class Access : std::uint8_t { read_only, read_write };

class Database {
 public:
  // `:memory:` is a private database in memory. Throws UserError when the file cannot be opened or is no
  // database; waits for other writers for up to a minute.
  explicit Database(const std::filesystem::path& path, Access access = Access::read_write);

  // Of those who open a new file at a time one makes the log; SQLite does not let the others wait by itself.
  void keep_a_write_ahead_log();
  void execute(const std::string& sql);
  // One statement. Throws std::invalid_argument with SQLite's message when it is not SQL.
  Statement prepare(std::string_view sql);
  const std::string& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace lnsim::sqlite
