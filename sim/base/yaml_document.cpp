#include "sim/base/yaml_document.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <charconv>
#include <sstream>

#include "sim/base/text_file.h"
#include "sim/base/yaml_tree_builder.h"

namespace lnsim {
namespace {

// One step down, and where it leads; null, and `mark` left as it is, when there is no such thing.
const YamlNode* value_of(const YamlNode& map, std::string_view key, YamlMark& mark) {
  for (const YamlEntry& entry : map.entries) {
    if (entry.key != key) continue;
    mark = entry.mark;
    return entry.value.get();
  }
  return nullptr;
}

const YamlNode* item_of(const YamlNode& list, std::string_view index_and_bracket, YamlMark& mark) {
  std::size_t index = list.items.size();
  std::from_chars(index_and_bracket.data(), index_and_bracket.data() + index_and_bracket.size(), index);
  if (index >= list.items.size()) return nullptr;
  mark = list.items[index]->mark;
  return list.items[index].get();
}

}  // namespace

YamlDocument read_yaml(const std::filesystem::path& path) {
  return parse_yaml(path.generic_string(), read_text_file(path, kYamlLargestBytes));
}

YamlDocument parse_yaml(const std::string& file, std::string text) {
  // Before a line end at the end of the file, yaml-cpp takes a quote that was never closed for closed,
  // together with all keys in between.
  text.erase(text.find_last_not_of(" \r\n") + 1);
  std::istringstream stream(text);
  YamlTreeBuilder builder(file);
  try {
    builder.parse(stream);
  } catch (const YAML::Exception& error) {
    const SourcePosition position{file, error.mark.line + 1, error.mark.column + 1};
    throw UserError(
        Diagnostic{position, "", fmt::format("a YAML syntax error ({})", error.msg), "valid YAML"});
  }
  return {file, builder.root(), builder.diagnostics()};
}

std::string shown(const YamlNode& node) {
  constexpr std::size_t kLongest = 60;
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
    case YamlNode::Kind::scalar:
      break;
  }
  std::string text;
  for (const char c : node.text) {
    if (text.size() >= kLongest) return text + "...";
    const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    text += printable ? c : ' ';
  }
  return node.quoted ? "\"" + text + "\"" : text;
}

std::string child_path(const std::string& parent, std::string_view name) {
  return parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
}

YamlMark mark_of(const YamlNode& root, std::string_view path) {
  YamlMark mark = root.mark;
  const YamlNode* node = &root;
  while (!path.empty() && node != nullptr) {
    // `tiles[2].rows` is a key, an index, and a key.
    const std::string_view step = path.substr(0, path.find_first_of(".[", 1));
    path.remove_prefix(step.size());
    if (path.starts_with('.')) path.remove_prefix(1);
    node = step.starts_with('[') ? item_of(*node, step.substr(1), mark) : value_of(*node, step, mark);
  }
  return mark;
}

}  // namespace lnsim
