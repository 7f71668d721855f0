#include "sim/base/yaml_tree_builder.h"

#include <fmt/format.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <utility>

namespace lnsim {
namespace {

YamlMark mark_at(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

// Tags that yaml-cpp itself gives to plain and to quoted values.
bool is_implicit(const std::string& tag) {
  return tag.empty() || tag == "?" || tag == "!";
}

}  // namespace

YamlTreeBuilder::YamlTreeBuilder(std::string file) : file_(std::move(file)) {}

void YamlTreeBuilder::parse(std::istream& text) {
  YAML::Parser parser(text);
  if (!parser.HandleNextDocument(*this)) {
    throw UserError(Diagnostic{{file_}, "", "a file without content", "keys and values"});
  }
  parser.HandleNextDocument(*this);
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (started_) refuse(mark, "a second document", "one document per file");
  started_ = true;
}

void YamlTreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  // yaml-cpp puts a value that is not there behind the next line's indentation; its key is a better place.
  const bool has_key = !open_.empty() && open_.back().has_key;
  auto node = std::make_shared<YamlNode>();
  node->mark = has_key ? open_.back().key_mark : mark_at(mark);
  add(std::move(node), mark, anchor);
}

void YamlTreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  for (const Open& around : open_) {
    if (around.anchor == anchor) refuse(mark, "an alias inside the value it names", "a finished value");
  }
  add(anchors_.at(anchor), mark, 0);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                               const std::string& value) {
  refuse_tag(mark, tag);
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::scalar;
  node->mark = mark_at(mark);
  node->text = value;
  node->quoted = tag == "!";
  add(std::move(node), mark, anchor);
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                      YAML::EmitterStyle::value /*style*/) {
  open(YamlNode::Kind::list, mark, tag, anchor);
}

void YamlTreeBuilder::OnSequenceEnd() {
  open_.pop_back();
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value /*style*/) {
  open(YamlNode::Kind::map, mark, tag, anchor);
}

void YamlTreeBuilder::OnMapEnd() {
  open_.pop_back();
}

void YamlTreeBuilder::refuse(const YAML::Mark& mark, std::string got, std::string expected) const {
  const YamlMark at = mark_at(mark);
  throw UserError(Diagnostic{{file_, at.line, at.column}, "", std::move(got), std::move(expected)});
}

void YamlTreeBuilder::refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
  if (!is_implicit(tag)) refuse(mark, "the tag " + tag, "a value without a tag");
}

void YamlTreeBuilder::open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                           YAML::anchor_t anchor) {
  refuse_tag(mark, tag);
  if (open_.size() >= kYamlDeepestLevel) {
    refuse(mark, "values nested more deeply", fmt::format("at most {} levels", kYamlDeepestLevel));
  }
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->mark = mark_at(mark);
  std::string path = next_path();
  add(node, mark, anchor);
  Open& opened = open_.emplace_back();
  opened.node = std::move(node);
  opened.anchor = anchor;
  opened.path = std::move(path);
}

void YamlTreeBuilder::add(std::shared_ptr<const YamlNode> node, const YAML::Mark& mark,
                          YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = node;
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& around = open_.back();
  if (around.node->kind == YamlNode::Kind::list) {
    around.node->items.push_back(std::move(node));
  } else if (!around.has_key) {
    take_key(around, *node, mark);
  } else {
    if (!around.repeated) around.node->entries.push_back({around.key, around.key_mark, std::move(node)});
    around.has_key = false;
  }
}

void YamlTreeBuilder::take_key(Open& map, const YamlNode& node, const YAML::Mark& mark) {
  if (node.kind != YamlNode::Kind::scalar) refuse(mark, shown(node) + " as a key", "a name");
  map.has_key = true;
  map.key = node.text;
  map.key_mark = mark_at(mark);
  const auto [first, is_new] = map.keys.emplace(map.key, map.key_mark);
  map.repeated = !is_new;
  if (!map.repeated) return;
  diagnostics_.push_back({{file_, map.key_mark.line, map.key_mark.column},
                          child_path(map.path, map.key),
                          "this key a second time",
                          fmt::format("it once (first in line {})", first->second.line)});
}

std::string YamlTreeBuilder::next_path() const {
  if (open_.empty()) return "";
  const Open& around = open_.back();
  if (around.node->kind == YamlNode::Kind::map) return child_path(around.path, around.key);
  return fmt::format("{}[{}]", around.path, around.node->items.size());
}

}  // namespace lnsim
