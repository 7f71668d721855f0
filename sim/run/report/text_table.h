// A table for a terminal: columns as wide as their widest cell, first columns left-aligned, numbers
// right-aligned.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lnsim {

class TextTable {
 public:
  // The first `text_columns` columns hold text, the others numbers.
  TextTable(std::vector<std::string> header, std::size_t text_columns);

  void add(std::vector<std::string> row);  // as many cells as the header
  void add_rule();                         // a line across

  std::string str() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
  std::size_t text_columns_;
};

// 1234567 -> "1 234 567": groups of three, so that long counts can be read.
std::string grouped(std::uint64_t value);

// A count or an energy with an SI prefix and three digits: 1.23e9 -> "1.23 G". `value` >= 0.
std::string with_prefix(double value);

// Text broken into lines of at most 100 columns, each behind `indent`.
std::string wrapped(const std::string& text, const std::string& indent);

}  // namespace lnsim
