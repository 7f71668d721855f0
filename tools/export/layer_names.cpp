#include "tools/export/layer_names.h"

#include <fmt/format.h>

namespace lnsim {

const std::string& LayerNames::name_of(const std::string& layer) {
  const auto [entry, is_new] = given_.try_emplace(layer);
  if (!is_new) return entry->second;
  const std::string name = spelling(layer);
  std::string unique = name;
  while (!used_.try_emplace(unique, 1).second) unique = fmt::format("{}_{}", name, ++used_[name]);
  return entry->second = unique;
}

std::string LayerNames::spelling(const std::string& layer) const {
  std::string name;
  for (const char c : layer) name += static_cast<unsigned char>(c) <= ' ' || c == '\x7f' ? '_' : c;
  for (const auto& [text, other] : replaced_) {
    for (std::size_t at = name.find(text); at != std::string::npos; at = name.find(text, at + other.size())) {
      name.replace(at, text.size(), other);
    }
  }
  return name.empty() ? "_" : name;
}

}  // namespace lnsim
