// One line of a trace manifest: typed, checked access to its values, and the mistakes found in them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/describe.h"
#include "sim/base/errors.h"

namespace lnsim {

// The mistakes of one file: those on the first lines, and how many there are.
class Mistakes {
 public:
  void add(Diagnostic mistake);
  void add(const Mistakes& others);
  bool any() const { return !found_.empty(); }
  // Throws UserError with the mistakes in file order, at most 20 of them and a count of the rest; nothing
  // when there are none.
  void throw_if_any() const;

 private:
  void keep_the_first();

  std::vector<Diagnostic> found_;
  std::size_t passed_over_ = 0;
};

enum class Need : std::uint8_t { required, optional };

// A value as a message quotes it: short enough for a line.
std::string quoted(const nlohmann::json& value);

class TraceLine {
 public:
  // Reports text that is not one JSON object, and repeated keys.
  TraceLine(std::string file, int number, std::string text, Mistakes& mistakes);

  bool is_object() const { return value_.is_object(); }
  int number() const { return number_; }

  // `path` is dotted. A value that is absent or of the wrong kind gives nothing; each but an absent optional
  // one is reported.
  bool has(std::string_view path) const { return find(path) != nullptr; }
  std::optional<std::int64_t> integer(std::string_view path, IntegerRange range, Need need);
  std::optional<std::vector<std::int64_t>> integers(std::string_view path, IntegerRange range,
                                                    std::size_t least, std::size_t most, Need need);
  // A list of texts that are not empty.
  std::optional<std::vector<std::string>> texts(std::string_view path, Need need);
  std::optional<double> real(std::string_view path, Need need);
  std::optional<bool> boolean(std::string_view path, Need need);
  std::optional<std::string> text(std::string_view path, Need need);
  std::optional<std::string> choice(std::string_view path, const std::vector<std::string>& known,
                                    std::string_view what, Need need);
  std::vector<std::string> keys(std::string_view path) const;  // of an object

  void mistake(std::string_view path, std::string got, std::string expected);
  // The same, quoting the value that stands there.
  void mistake_at(std::string_view path, std::string expected);
  // Of an element of a list that is there.
  void mistake_at(std::string_view path, std::size_t index, std::string expected);

 private:
  const nlohmann::json* find(std::string_view path) const;
  // Nothing when absent or, having said so, when not `right`.
  const nlohmann::json* find(std::string_view path, Need need, const std::string& expected,
                             bool (*right)(const nlohmann::json&));

  std::string file_;
  int number_;
  std::string text_;
  Mistakes* mistakes_;
  nlohmann::json value_;
};

}  // namespace lnsim
