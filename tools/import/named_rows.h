// Tables of operators, by name.
#pragma once

#include <algorithm>
#include <string_view>

namespace lnsim {

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// nullptr when no row has the name.
template <class Rows>
const typename Rows::value_type* find_named(const Rows& rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace lnsim
