// A JSON text that may be packed with gzip, as a parser reads it: in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <streambuf>
#include <string>

#include "sim/base/errors.h"
#include "tools/import/packed_file.h"

namespace lnsim {

// What it reads throws UserError when the file is damaged, unpacks to more than `largest_bytes`, nests values
// deeper than kDeepestNesting (sim/run/trace/json_position.h), or has more than kLargestPart bytes in a text,
// or in a value that is three levels down, as an operator is.
class PackedText : public std::streambuf {
 public:
  // Throws UserError when the file cannot be opened, or is empty.
  PackedText(const std::filesystem::path& path, std::size_t largest_bytes);

  // How many bytes were taken out of it.
  std::uint64_t position() const { return before_ + static_cast<std::uint64_t>(gptr() - eback()); }

  // Of a byte of the text, counted from 0, in the piece that was read last.
  SourcePosition position_of(std::uint64_t byte) const;
  std::uint64_t bytes_read() const { return before_ + piece_.size(); }

 private:
  int_type underflow() override;
  void check_piece();
  [[noreturn]] void fail(std::string got, std::string expected) const;

  std::filesystem::path path_;
  PackedFile file_;
  std::size_t largest_bytes_;
  std::string piece_;
  std::uint64_t before_ = 0;  // bytes in front of the piece
  int line_ = 1;              // of the piece's first byte
  int column_ = 1;
  std::size_t depth_ = 0;  // behind the piece
  std::size_t part_bytes_ = 0;
  bool inside_text_ = false;
  bool escaped_ = false;
};

}  // namespace lnsim
