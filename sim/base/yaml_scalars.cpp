#include <charconv>
#include <cmath>

#include "sim/base/yaml_document.h"

namespace lnsim {
namespace {

bool is_plain_scalar(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && !node.quoted;
}

template <class Number, class... Options>
std::optional<Number> whole_text(std::string_view text, Options... options) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, options...);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> integer_of(const YamlNode& node) {
  if (!is_plain_scalar(node)) return std::nullopt;
  const std::string_view text = node.text;
  if (text.starts_with("0x")) {
    const std::string_view digits = text.substr(2);
    if (digits.starts_with('-')) return std::nullopt;
    return whole_text<std::int64_t>(digits, 16);
  }
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  // YAML 1.1 reads 010 as eight, YAML 1.2 as ten: nobody should have to know.
  if (digits.starts_with('0') && digits.size() > 1) return std::nullopt;
  return whole_text<std::int64_t>(text, 10);
}

std::optional<double> real_of(const YamlNode& node) {
  if (!is_plain_scalar(node)) return std::nullopt;
  const std::optional<double> number = whole_text<double>(node.text);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  return number;
}

std::optional<bool> boolean_of(const YamlNode& node) {
  if (!is_plain_scalar(node)) return std::nullopt;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  return std::nullopt;
}

}  // namespace lnsim
