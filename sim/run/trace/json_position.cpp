#include "sim/run/trace/json_position.h"

#include <algorithm>
#include <set>

namespace lnsim {

namespace {

// An object or array that is open at the scanner's place.
struct Level {
  std::string path;
  bool is_object;
  std::size_t index = 0;       // of the next element of an array
  std::set<std::string> keys;  // seen in an object
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  JsonPositions scan() {
    value("");
    while (!levels_.empty()) {
      skip_blanks();
      if (at_ >= text_.size()) break;
      step();
    }
    return std::move(found_);
  }

 private:
  // One token inside the innermost object or array.
  void step() {
    const char c = text_[at_];
    if (c == '}' || c == ']') {
      levels_.pop_back();
      ++at_;
    } else if (c == ',') {
      ++at_;
    } else if (levels_.back().is_object) {
      member();
    } else {
      Level& array = levels_.back();
      value(array.path + "[" + std::to_string(array.index++) + "]");
    }
  }

  void member() {
    Level& object = levels_.back();
    const int column = column_here();
    const std::string key(string());
    const std::string path = object.path.empty() ? key : object.path + "." + key;
    if (!object.keys.insert(key).second) found_.repeated_keys.push_back({path, column});
    skip_blanks();
    ++at_;  // the colon
    value(path);
  }

  void value(const std::string& path) {
    skip_blanks();
    if (at_ >= text_.size()) return;
    found_.values.push_back({path, column_here()});
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      levels_.push_back({path, c == '{', 0, {}});
      ++at_;
    } else if (c == '"') {
      string();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r", at_), text_.size());
    }
  }

  // The characters between the quotes, escapes as written.
  std::string_view string() {
    const std::size_t first = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::size_t length = std::min(at_, text_.size()) - first;
    ++at_;
    return text_.substr(first, length);
  }

  // Counts on from the last place asked for.
  int column_here() {
    column_ += column_at(text_.substr(counted_), at_ - counted_) - 1;
    counted_ = at_;
    return column_;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  int column_ = 1;  // of the byte counted_
  std::vector<Level> levels_;
  JsonPositions found_;
};

}  // namespace

int JsonPositions::column_of(std::string_view path) const {
  while (true) {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const Entry& entry) { return entry.path == path; });
    if (found != values.end()) return found->column;
    if (path.empty()) return 1;
    const std::size_t parent = path.find_last_of(".[");
    path = path.substr(0, parent == std::string_view::npos ? 0 : parent);
  }
}

JsonPositions json_positions(std::string_view text) {
  return Scanner(text).scan();
}

std::size_t nesting_depth(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool inside_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') inside_text = !inside_text;
    if (inside_text) {
      if (c == '\\') ++at;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

int column_at(std::string_view text, std::size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<int>(std::count_if(text.begin(), end, is_first_byte)) + 1;
}

}  // namespace lnsim
