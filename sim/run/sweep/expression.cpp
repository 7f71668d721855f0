#include "sim/run/sweep/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

constexpr std::array<std::string_view, 14> kWords{"and",  "or",   "not",  "in",   "between", "is",   "null",
                                                  "case", "when", "then", "else", "end",     "like", "glob"};

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Rewrites an expression piece by piece: names become parameters, whole numbers real ones.
class Rewriter {
 public:
  Rewriter(std::string_view text, const std::vector<std::string>& known) : text_(text), known_(known) {}

  std::string sql() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\'') {
        copy_text();
      } else if (starts_name(c)) {
        name();
      } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
        number();
      } else if (std::string_view(" \t\n+-*/%<>=!(),|&~").find(c) != std::string_view::npos) {
        if (text_.substr(at_, 2) == "--" || text_.substr(at_, 2) == "/*")
          throw std::invalid_argument("a comment");
        sql_ += c;
        ++at_;
      } else {
        throw std::invalid_argument(fmt::format("'{}'", c));
      }
    }
    return std::move(sql_);
  }

  std::vector<std::string> names;

 private:
  void copy_text() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) throw std::invalid_argument("text without its closing '");
    sql_ += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
  }

  void name() {
    std::size_t end = at_;
    while (end < text_.size() && (starts_name(text_[end]) || is_digit(text_[end]) || text_[end] == '.'))
      ++end;
    const std::string word(text_.substr(at_, end - at_));
    at_ = end;
    if (const auto index = index_of(word)) {
      sql_ += fmt::format("?{}", *index + 1);
      return;
    }
    const std::size_t next = text_.find_first_not_of(" \t\n", end);
    const bool is_call = next != std::string_view::npos && text_[next] == '(';
    std::string lower = word;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool is_word = std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
    if (!is_word && (!is_call || lower == "select")) {
      const std::string near = nearest_name(word, known_);
      throw std::invalid_argument(near.empty() ? word : fmt::format("{} (did you mean {}?)", word, near));
    }
    sql_ += word;
  }

  std::optional<std::size_t> index_of(const std::string& word) {
    const auto used = std::find(names.begin(), names.end(), word);
    if (used != names.end()) return static_cast<std::size_t>(used - names.begin());
    if (std::find(known_.begin(), known_.end(), word) == known_.end()) return std::nullopt;
    names.push_back(word);
    return names.size() - 1;
  }

  void number() {
    std::size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      ++end;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
      while (end < text_.size() && is_digit(text_[end])) ++end;
    }
    const std::string_view digits = text_.substr(at_, end - at_);
    sql_ += digits;
    if (digits.find_first_of(".eE") == std::string_view::npos) sql_ += ".0";
    at_ = end;
  }

  std::string_view text_;
  const std::vector<std::string>& known_;
  std::size_t at_ = 0;
  std::string sql_;
};

}  // namespace

Expression::Expression(const std::string& text, const std::vector<std::string>& known)
    : database_(":memory:") {
  Rewriter rewriter(text, known);
  const std::string sql = rewriter.sql();
  names_ = std::move(rewriter.names);
  statement_ = database_.prepare("SELECT (" + sql + ")");
  if (statement_->columns() != 1) throw std::invalid_argument("more than one value");
}

SweepValue Expression::of(std::span<const SweepValue> values) {
  for (std::size_t i = 0; i < values.size(); ++i) statement_->bind_value(static_cast<int>(i) + 1, values[i]);
  statement_->step();
  SweepValue value = statement_->value(0);
  statement_->reset();
  return value;
}

}  // namespace lnsim
