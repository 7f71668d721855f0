#include "sim/run/report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace lnsim {

TextTable::TextTable(std::vector<std::string> header, std::size_t text_columns)
    : text_columns_(text_columns) {
  rows_.push_back(std::move(header));
  add_rule();
}

void TextTable::add(std::vector<std::string> row) {
  rows_.push_back(std::move(row));
}

void TextTable::add_rule() {
  rows_.emplace_back();
}

std::string TextTable::str() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::size_t across = 2 * (widths.size() - 1);
  for (const std::size_t width : widths) across += width;

  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) line += "  ";
      line += i < text_columns_ ? fmt::format("{:<{}}", row[i], widths[i])
                                : fmt::format("{:>{}}", row[i], widths[i]);
    }
    if (row.empty()) line = std::string(across, '-');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string grouped(std::uint64_t value) {
  std::string digits = fmt::format("{}", value);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ' ');
  }
  return digits;
}

std::string with_prefix(double value) {
  static constexpr std::array<std::string_view, 11> kPrefixes{"a", "f", "p", "n", "u", "m",
                                                              "",  "k", "M", "G", "T"};
  std::size_t prefix = 6;
  double scaled = value;
  while (scaled >= 999.5 && prefix + 1 < kPrefixes.size()) {
    scaled /= 1000.0;
    ++prefix;
  }
  while (scaled > 0.0 && scaled < 0.9995 && prefix > 0) {
    scaled *= 1000.0;
    --prefix;
  }
  const int decimals = scaled >= 99.95 || scaled == 0.0 ? 0 : scaled >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", scaled, decimals, kPrefixes[prefix]);
}

std::string wrapped(const std::string& text, const std::string& indent) {
  constexpr std::size_t kWidth = 100;
  std::istringstream words(text);
  std::string lines;
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > kWidth) {
      lines += indent + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return lines + indent + line + "\n";
}

}  // namespace lnsim
