#include "sim/base/yaml_document.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <sstream>

#include "sim/base/text_file.h"
#include "sim/base/yaml_tree_builder.h"

namespace lnsim {

YamlDocument read_yaml(const std::filesystem::path& path) {
  const std::string file = path.generic_string();
  std::istringstream text(read_text_file(path, kYamlLargestBytes));
  YamlTreeBuilder builder(file);
  try {
    builder.parse(text);
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
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    const YamlEntry* found = nullptr;
    for (const YamlEntry& entry : node->entries) {
      if (entry.key == name) found = &entry;
    }
    if (found == nullptr) return mark;
    mark = found->mark;
    node = found->value.get();
    path.remove_prefix(std::min(path.size(), name.size() + 1));
  }
  return mark;
}

}  // namespace lnsim
