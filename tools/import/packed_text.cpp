#include "tools/import/packed_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/run/trace/json_position.h"

namespace lnsim {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;
constexpr std::size_t kPartDepth = 3;

}  // namespace

PackedText::PackedText(const std::filesystem::path& path, std::size_t largest_bytes)
    : path_(path), file_(path), largest_bytes_(largest_bytes) {
  if (traits_type::eq_int_type(underflow(), traits_type::eof())) fail("an empty file", "a trace");
}

SourcePosition PackedText::position_of(std::uint64_t byte) const {
  const std::uint64_t within = byte - std::min(byte, before_);
  const std::string_view text = std::string_view(piece_).substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(within, piece_.size())));
  const std::size_t line_end = text.rfind('\n');
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  if (line_end == std::string_view::npos)
    return {path_.string(), line_, column_ + column_at(text, text.size()) - 1};
  const std::string_view last = text.substr(line_end + 1);
  return {path_.string(), line_ + lines, column_at(last, last.size())};
}

PackedText::int_type PackedText::underflow() {
  std::string piece = file_.read(kPieceBytes);
  if (piece.empty()) return traits_type::eof();
  const SourcePosition start = position_of(bytes_read());
  before_ = bytes_read();
  line_ = start.line;
  column_ = start.column;
  piece_ = std::move(piece);
  if (bytes_read() > largest_bytes_)
    fail("a file that unpacks to more", fmt::format("at most {} bytes", largest_bytes_));
  check_piece();
  setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
  return traits_type::to_int_type(piece_.front());
}

void PackedText::check_piece() {
  for (const char c : piece_) {
    ++part_bytes_;
    if (inside_text_) {
      if (c == '"' && !escaped_) inside_text_ = false;
      escaped_ = c == '\\' && !escaped_;
    } else if (c == '"') {
      inside_text_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      --depth_;
    }
    if (depth_ > kDeepestNesting)
      fail(fmt::format("values nested more than {} deep", kDeepestNesting), "fewer");
    const bool is_between = !inside_text_ && depth_ < kPartDepth && (c == ',' || c == '}' || c == ']');
    if (is_between) part_bytes_ = 0;
    if (part_bytes_ > kLargestPart)
      fail("a text or an operator of more bytes", fmt::format("at most {} bytes", kLargestPart));
  }
}

void PackedText::fail(std::string got, std::string expected) const {
  throw UserError(Diagnostic{{path_.string()}, "", std::move(got), std::move(expected)});
}

}  // namespace lnsim
