#include "sim/run/sweep/sqlite.h"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "sim/base/errors.h"

namespace lnsim::sqlite {
namespace {

constexpr int kPatienceMs = 60'000;

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw UserError(Diagnostic{{file}, "", what, "a database of results that can be read and written"});
}

}  // namespace

void Statement::fail() const {
  sqlite::fail(file_, sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) fail();
}

void Statement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT));
}
void Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
}
void Statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_.get(), parameter, value));
}
void Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_.get(), parameter));
}
void Statement::bind_value(int parameter, const SweepValue& value) {
  if (const double* number = std::get_if<double>(&value)) return bind(parameter, *number);
  if (const std::string* text = std::get_if<std::string>(&value))
    return bind(parameter, std::string_view(*text));
  bind_null(parameter);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail();
}
void Statement::run() {
  step();
  reset();
}
void Statement::reset() {
  check(sqlite3_reset(statement_.get()));
}

int Statement::columns() const {
  return sqlite3_column_count(statement_.get());
}
std::string Statement::name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), bytes);
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
SweepValue Statement::value(int column) const {
  if (is_null(column)) return {};
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_TEXT) return text(column);
  return real(column);
}

Database::Database(const std::filesystem::path& path, Access access) : file_(path.generic_string()) {
  const int flags =
      access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) fail(file_, opened == nullptr ? "no memory" : sqlite3_errmsg(opened));
  sqlite3_busy_timeout(opened, kPatienceMs);
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(file_, sqlite3_errmsg(database_.get()));
}

void Database::keep_a_write_ahead_log() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (true) {
    const int code = sqlite3_exec(database_.get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    if (code != SQLITE_BUSY || std::chrono::steady_clock::now() > end)
      fail(file_, sqlite3_errmsg(database_.get()));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Statement Database::prepare(std::string_view sql) {
  Statement statement;
  statement.file_ = file_;
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &prepared, nullptr) !=
      SQLITE_OK) {
    throw std::invalid_argument(sqlite3_errmsg(database_.get()));
  }
  statement.statement_.reset(prepared);
  return statement;
}

}  // namespace lnsim::sqlite
