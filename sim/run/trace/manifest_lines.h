// The lines of a manifest, one at a time: whatever the file's size, no more than a line is held.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace lnsim {

// A longer line is refused (our choice: lines of operators have less than a thousandth of it).
inline constexpr std::size_t kLongestManifestLine = std::size_t{1} << 20;

class ManifestLines {
 public:
  // Throws UserError for what is no file that can be read.
  explicit ManifestLines(const std::filesystem::path& path);

  // Goes to the next line that is not blank; false behind the last one. Throws UserError for a line that is
  // too long, and when the file cannot be read on.
  bool next();
  // Goes back to before the first line.
  void rewind();

  int number() const { return number_; }  // of the line, from 1
  std::string_view text() const { return text_; }

 private:
  bool read_line();
  [[noreturn]] void fail(int line, std::string got, std::string expected) const;

  std::string name_;
  std::ifstream file_;
  std::vector<char> buffer_;
  std::string_view text_;
  int number_ = 0;
};

}  // namespace lnsim
