#include "tools/import/python_literal.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

namespace lnsim {

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Json> parse() {
    Json value;
    if (!read(value, 0)) return std::nullopt;
    skip_blanks();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool read(Json& value, int depth) {
    if (depth > kDeepest) return false;
    if (take('[')) return read_list(value, ']', depth);
    if (take('(')) return read_list(value, ')', depth);
    if (take('\'')) return read_text(value, '\'');
    if (take('"')) return read_text(value, '"');
    return read_word(value);
  }

  bool read_list(Json& list, char end, int depth) {
    list = Json::array();
    while (!take(end)) {
      list.emplace_back();
      if (!read(list.back(), depth + 1)) return false;
      if (take(',')) continue;
      return take(end);
    }
    return true;
  }

  // Escaped letters stand for themselves: only quotes and backslashes are escaped in these texts.
  bool read_text(Json& value, char quote) {
    std::string text;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        value = std::move(text);
        return true;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      const char letter = text_[at_];
      text += letter >= ' ' && letter <= '~' ? letter : '?';
    }
    return false;
  }

  bool read_word(Json& value) {
    const std::size_t end = std::min(text_.find_first_of(",)] \t\r\n", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) return false;
    at_ = end;
    if (word == "None") return true;
    if (word == "True" || word == "False") {
      value = word == "True";
    } else if (word == "inf" || word == "-inf" || word == "nan") {
      value = std::string(word);
    } else {
      return read_number(word, value);
    }
    return true;
  }

  static bool read_number(std::string_view word, Json& value) {
    const char* const last = word.data() + word.size();
    std::int64_t integer = 0;
    if (const auto [end, error] = std::from_chars(word.data(), last, integer);
        error == std::errc() && end == last) {
      value = integer;
      return true;
    }
    double real = 0;
    const auto [end, error] = std::from_chars(word.data(), last, real);
    value = real;
    return error == std::errc() && end == last;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Json> parse_python_literal(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace lnsim
