#include "sim/base/text_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

[[noreturn]] void refuse(const SourcePosition& position, std::string got, std::string expected) {
  throw UserError(Diagnostic{position, "", std::move(got), std::move(expected)});
}

// Bytes of the UTF-8 character that `text` begins with, or 0 when it begins with none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  // Encodings longer than needed, surrogates, and code points past the last one.
  const bool too_long = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool too_high = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return too_long || too_high ? 0 : length;
}

bool is_text(unsigned char byte) {
  return byte >= 0x20 ? byte != 0x7f : byte == '\t' || byte == '\n' || byte == '\r';
}

void check_kind(const std::filesystem::path& path, const SourcePosition& position) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    refuse(position, "no such file", "a readable file");
  if (error) refuse(position, error.message(), "a readable file");
  if (std::filesystem::is_directory(status)) refuse(position, "a folder", "a file");
  if (!std::filesystem::is_regular_file(status)) refuse(position, "a device, pipe or socket", "a file");
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::size_t largest_bytes) {
  const SourcePosition position{path.generic_string()};
  check_kind(path, position);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) refuse(position, "a file that cannot be opened", "a readable file");
  const std::uintmax_t size = std::filesystem::file_size(path);
  if (size > largest_bytes)
    refuse(position, fmt::format("{} bytes", size), fmt::format("at most {} bytes", largest_bytes));
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (text.empty()) refuse(position, "an empty file", "keys and values");
  check_text(position.file, text);
  return text;
}

void check_text(const std::string& file, std::string_view text) {
  SourcePosition position{file, 1, 1};
  bool in_indentation = true;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0 || !is_text(byte)) refuse(position, fmt::format("the byte 0x{:02x}", byte), "UTF-8 text");
    if (byte == '\t' && in_indentation) refuse(position, "a tab in the indentation", "spaces");
    in_indentation = byte == '\n' || (in_indentation && byte == ' ');
    position.column = byte == '\n' ? 1 : position.column + 1;
    position.line += byte == '\n' ? 1 : 0;
    i += length;
  }
}

}  // namespace lnsim
