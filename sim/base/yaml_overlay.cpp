#include "sim/base/yaml_overlay.h"

#include <algorithm>
#include <string>

namespace lnsim {

std::shared_ptr<const YamlNode> with_value(const std::shared_ptr<const YamlNode>& root, std::string_view path,
                                           const std::shared_ptr<const YamlNode>& value) {
  if (path.empty()) return value;
  auto map = std::make_shared<YamlNode>();
  if (root && root->kind == YamlNode::Kind::map) *map = *root;
  map->kind = YamlNode::Kind::map;
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string key(path.substr(0, dot));
  const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
  auto entry = std::find_if(map->entries.begin(), map->entries.end(),
                            [&](const YamlEntry& known) { return known.key == key; });
  if (entry == map->entries.end()) entry = map->entries.insert(entry, YamlEntry{key, {}, nullptr});
  entry->value = with_value(entry->value, rest, value);
  if (rest.empty()) entry->mark = value->mark;
  return map;
}

}  // namespace lnsim
