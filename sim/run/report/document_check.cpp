#include "sim/run/report/document_check.h"

#include <fmt/format.h>

#include <array>

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostMistakes = 20;
constexpr std::size_t kMostCharacters = 40;  // of a value in a message
constexpr std::array<std::string_view, 6> kKindTexts{
    "a number", "text", "true or false", "a list", "a list with at least one item", "a map"};

bool has_kind(const Json& value, JsonKind kind) {
  switch (kind) {
    case JsonKind::number:
      return value.is_number();
    case JsonKind::text:
      return value.is_string();
    case JsonKind::boolean:
      return value.is_boolean();
    case JsonKind::list:
      return value.is_array();
    case JsonKind::filled_list:
      return value.is_array() && !value.empty();
    case JsonKind::map:
      return value.is_object();
  }
  return false;
}

std::string shown(const Json& value) {
  if (value.is_array()) return value.empty() ? "an empty list" : "a list";
  if (value.is_object()) return "a map";
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= kMostCharacters ? text : text.substr(0, kMostCharacters) + "...";
}

std::string joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

class Check {
 public:
  Check(const std::string& file, std::vector<Diagnostic>& mistakes) : file_(file), mistakes_(mistakes) {}

  void rule(const Json& document, const JsonRule& rule) {
    rule_ = &rule;
    walk(document, rule.path, "");
  }

 private:
  void walk(const Json& value, std::string_view rest, const std::string& path) {
    if (rest.empty()) return check(value, path);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string name(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (name == "[]" && value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) walk(value[i], rest, fmt::format("{}[{}]", path, i));
    } else if (name == "*" && value.is_object()) {
      for (const auto& [key, item] : value.items()) walk(item, rest, joined(path, key));
    } else if (value.is_object()) {
      const auto found = value.find(name);
      if (found != value.end()) {
        walk(*found, rest, joined(path, name));
      } else if (rest.empty() && !rule_->is_optional) {
        add(joined(path, name), "nothing");
      }
    }
  }

  void check(const Json& value, const std::string& path) {
    if (has_kind(value, rule_->kind) || (rule_->is_optional && value.is_null())) return;
    add(path, shown(value));
  }

  void add(const std::string& path, std::string got) {
    if (mistakes_.size() == kMostMistakes) return;
    mistakes_.push_back(
        {{file_}, path, std::move(got), std::string(kKindTexts.at(static_cast<std::size_t>(rule_->kind)))});
  }

  const std::string& file_;
  std::vector<Diagnostic>& mistakes_;
  const JsonRule* rule_ = nullptr;
};

}  // namespace

std::vector<Diagnostic> broken_rules(const Json& document, const std::vector<JsonRule>& rules,
                                     const std::string& file) {
  std::vector<Diagnostic> mistakes;
  Check check(file, mistakes);
  for (const JsonRule& rule : rules) check.rule(document, rule);
  return mistakes;
}

}  // namespace lnsim
