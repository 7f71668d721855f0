// Where the values of a JSON text stand: the parser gives positions of syntax errors only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lnsim {

struct JsonPositions {
  struct Entry {
    std::string path;  // for example `dims.stride[0]`; the whole text has the empty path
    int column;        // from 1, in characters; of the value, or for a repeated key of the key
  };
  std::vector<Entry> values;
  std::vector<Entry> repeated_keys;

  // Column of the value, of the nearest enclosing value when there is none, so never 0.
  int column_of(std::string_view path) const;
};

// `text` must be one valid JSON value on one line. Paths repeat the names of all levels: check nesting_depth
// of foreign text.
JsonPositions json_positions(std::string_view text);

// How many objects and arrays are open at the deepest place. The text need not be valid.
std::size_t nesting_depth(std::string_view text);

// Deeper documents are refused: what walks them may use a stack frame per level.
inline constexpr std::size_t kDeepestNesting = 64;

// Column, from 1, in characters, of a byte of UTF-8 text.
int column_at(std::string_view text, std::size_t byte);

}  // namespace lnsim
