// The syntax of Liberty: groups, simple and complex attributes, without their meaning.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim::gates {

// `name : value;` and `name (value, value);`; values as written, without quotes.
struct LibertyAttribute {
  std::string_view name;
  std::vector<std::string_view> values;
  int line = 0;
};

// `name (argument, argument) { ... }`.
struct LibertyGroup {
  std::string_view name;
  std::vector<std::string_view> arguments;
  int line = 0;
  std::vector<LibertyAttribute> attributes;
  std::vector<LibertyGroup> groups;

  // The first attribute of that name, or null.
  const LibertyAttribute* find(std::string_view attribute) const;
};

// A file, unpacked if it is gzip, and its one group, `library`, whose text belongs to the file.
class LibertyFile {
 public:
  // Throws UserError with file and line of what is not Liberty.
  explicit LibertyFile(const std::filesystem::path& path);
  LibertyFile(const LibertyFile&) = delete;
  LibertyFile& operator=(const LibertyFile&) = delete;

  const LibertyGroup& library() const { return library_; }
  SourcePosition position(int line) const { return {path_, line, 0}; }

 private:
  std::string path_;
  std::string text_;
  LibertyGroup library_;
};

}  // namespace lnsim::gates
