#include "tools/characterise/gates/liberty_syntax.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

namespace lnsim::gates {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30U;  // unpacked; the largest known are below 100 MB
constexpr int kDeepestGroup = 64;

std::string read_unpacked(const std::string& path) {
  const auto refuse = [&](std::string got) {
    throw UserError(Diagnostic{{path}, "", std::move(got), "a readable Liberty file, plain or gzip"});
  };
  if (!std::filesystem::is_regular_file(path)) refuse("no such file");
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) refuse("a file that cannot be opened");
  std::string text;
  for (std::size_t used = 0;;) {
    text.resize(std::max<std::size_t>(2 * used, std::size_t{1} << 20U));
    const int got = gzread(file.get(), text.data() + used, static_cast<unsigned>(text.size() - used));
    if (got < 0) refuse("a broken gzip file");
    used += static_cast<std::size_t>(got);
    if (used > kLargestFile) refuse("more than 1 GiB");
    if (used < text.size()) {
      text.resize(used);
      return text;
    }
  }
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
}

bool ends_word(char c) {
  return is_space(c) || c == '(' || c == ')' || c == '{' || c == '}' || c == ':' || c == ';' || c == ',' ||
         c == '"';
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  LibertyGroup parse_file() {
    LibertyGroup root;
    parse_statement(root, 0);
    if (root.groups.size() != 1 || root.groups.front().name != "library") fail("a group `library`");
    if (peek() != '\0') fail("the end of the file");
    return std::move(root.groups.front());
  }

 private:
  [[noreturn]] void fail(const std::string& expected) {
    std::string got = "the end of the file";
    if (at_ < text_.size()) got = fmt::format("`{}`", text_.substr(at_, word_end(at_) - at_));
    throw UserError(Diagnostic{{path_, line_, 0}, "", got, expected});
  }

  std::size_t word_end(std::size_t at) const {
    const std::size_t start = at;
    while (at < text_.size() && !ends_word(text_[at])) ++at;
    return at == start ? at + 1 : at;
  }

  void skip_comment() {
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) fail("the end of this comment");
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    at_ = end + 2;
  }

  // The next character that is no space and in no comment; 0 at the end.
  char peek() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        line_ += text_[at_] == '\n' ? 1 : 0;
        ++at_;
      } else if (text_[at_] == '/' && text_.substr(at_, 2) == "/*") {
        skip_comment();
      } else {
        return text_[at_];
      }
    }
    return '\0';
  }

  void take(char expected) {
    if (peek() != expected) fail(fmt::format("`{}`", expected));
    ++at_;
  }

  std::string_view take_string() {
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) fail("the end of this string");
    const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    line_ += static_cast<int>(std::count(value.begin(), value.end(), '\n'));
    at_ = end + 1;
    return value;
  }

  std::string_view take_value() {
    const char c = peek();
    if (c == '"') return take_string();
    if (c == '\0' || ends_word(c)) fail("a name or a value");
    const std::size_t start = at_;
    at_ = word_end(at_);
    return text_.substr(start, at_ - start);
  }

  // The value of `name : value`. Some libraries leave out the semicolon or write sums without quotes: a value
  // ends with its line.
  std::string_view take_simple_value() {
    if (peek() == '"') return take_string();
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ';' && text_[at_] != '\n' && text_[at_] != '}') ++at_;
    std::string_view value = text_.substr(start, at_ - start);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    if (value.empty()) fail("a value");
    return value;
  }

  void parse_statement(LibertyGroup& parent, int depth) {
    peek();
    const int line = line_;
    const std::string_view name = take_value();
    if (peek() == ':') {
      ++at_;
      peek();
      parent.attributes.push_back({name, {take_simple_value()}, line});
      if (peek() == ';') ++at_;
      return;
    }
    take('(');
    std::vector<std::string_view> values;
    while (peek() != ')') {
      values.push_back(take_value());
      if (peek() == ',') ++at_;
    }
    ++at_;
    if (peek() != '{') {
      parent.attributes.push_back({name, std::move(values), line});
      if (peek() == ';') ++at_;
      return;
    }
    parse_group({name, std::move(values), line, {}, {}}, parent, depth + 1);
  }

  void parse_group(LibertyGroup group, LibertyGroup& parent, int depth) {
    if (depth > kDeepestGroup) fail("groups that are less deeply nested");
    ++at_;
    while (peek() != '}') {
      if (peek() == ';') {
        ++at_;
      } else {
        parse_statement(group, depth);
      }
    }
    ++at_;
    parent.groups.push_back(std::move(group));
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

const LibertyAttribute* LibertyGroup::find(std::string_view attribute) const {
  for (const LibertyAttribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate;
  }
  return nullptr;
}

LibertyFile::LibertyFile(const std::filesystem::path& path)
    : path_(path.generic_string()),
      text_(read_unpacked(path_)),
      library_(Parser(text_, path_).parse_file()) {}

}  // namespace lnsim::gates
