#include "sim/base/manual.h"

#include <fmt/format.h>

#include "sim/base/errors.h"
#include "sim/base/value_range.h"

namespace lnsim {
namespace {

constexpr std::size_t kTextWidth = 96;

bool is_group(const ParameterEntry& entry) {
  return entry.type == ParameterType::section || entry.type == ParameterType::list;
}

std::string joined(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "." + name;
}

std::string path_of(const std::string& parent, const ParameterEntry& entry) {
  return joined(parent, entry.type == ParameterType::list ? entry.name + "[]" : entry.name);
}

void collect_sections(const std::vector<ParameterEntry>& entries, const std::string& parent,
                      std::vector<std::string>& paths) {
  for (const ParameterEntry& entry : entries) {
    if (!is_group(entry)) continue;
    const std::string path = joined(parent, entry.name);
    paths.push_back(path);
    collect_sections(entry.children, path, paths);
  }
}

// The sections on the way to `section`, outermost first; none for the empty path.
std::vector<const ParameterEntry*> way_to(const std::vector<ParameterEntry>& parameters,
                                          std::string_view section) {
  std::vector<const ParameterEntry*> way;
  std::string_view rest = section;
  const std::vector<ParameterEntry>* entries = &parameters;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const ParameterEntry* found = nullptr;
    for (const ParameterEntry& entry : *entries) {
      if (is_group(entry) && entry.name == name) found = &entry;
    }
    if (found == nullptr) {
      std::vector<std::string> known;
      collect_sections(parameters, "", known);
      const std::string nearest = nearest_name(std::string(section), known);
      throw UserError(Diagnostic{{},
                                 "",
                                 std::string(section),
                                 nearest.empty() ? fmt::format("a section, one of {}", fmt::join(known, ", "))
                                                 : fmt::format("a section: did you mean {}?", nearest)});
    }
    way.push_back(found);
    entries = &found->children;
  }
  return way;
}

std::string value_text(const ParameterEntry& entry) {
  switch (entry.type) {
    case ParameterType::integer:
      return range_text(entry.integer_range, entry.unit);
    case ParameterType::real:
      return range_text(entry.real_range, entry.unit);
    case ParameterType::boolean:
      return "true or false";
    case ParameterType::choice:
      return range_text(entry.choices);
    default:
      return "text";
  }
}

std::string default_text(const ParameterEntry& entry) {
  if (!entry.default_value.is_string()) return entry.default_value.dump();
  const auto text = entry.default_value.get<std::string>();
  return text.empty() ? "none" : text;
}

// Breaks at blanks so that lines keep to the width.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::string line(indent, ' ');
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const bool is_first = line.size() == indent;
    if (!is_first && line.size() + 1 + word.size() > kTextWidth) {
      result += line + "\n";
      line = std::string(indent, ' ') + word;
    } else {
      line += (is_first ? "" : " ") + word;
    }
    begin = end + 1;
  }
  return result + line + "\n";
}

std::string condition_text(const std::string& condition) {
  return condition.empty() ? "" : fmt::format("   [only with {}]", condition);
}

void write_key(const ParameterEntry& entry, std::string& text) {
  text += "  " + entry.name + condition_text(entry.condition) + "\n";
  text += wrapped(fmt::format("{}; default {}", value_text(entry), default_text(entry)), 6);
  text += wrapped(entry.doc, 6);
}

void write_section(const std::vector<ParameterEntry>& entries, const std::string& path,
                   const std::string& doc, std::string& text) {
  if (!text.empty()) text += "\n";
  if (!path.empty()) text += wrapped(fmt::format("{}: {}", path, doc), 0);
  for (const ParameterEntry& entry : entries) {
    if (!is_group(entry)) write_key(entry, text);
  }
  for (const ParameterEntry& entry : entries) {
    if (is_group(entry))
      write_section(entry.children, path_of(path, entry), entry.doc + condition_text(entry.condition), text);
  }
}

std::string_view type_name(ParameterType type) {
  switch (type) {
    case ParameterType::integer:
      return "integer";
    case ParameterType::real:
      return "number";
    case ParameterType::boolean:
      return "boolean";
    case ParameterType::choice:
      return "choice";
    default:
      return "text";
  }
}

nlohmann::ordered_json key_json(const ParameterEntry& entry, const std::string& path) {
  nlohmann::ordered_json json;
  json["path"] = path;
  json["type"] = std::string(type_name(entry.type));
  json["unit"] = entry.unit;
  json["default"] = entry.default_value;
  if (entry.type == ParameterType::integer) {
    json["range"] = {entry.integer_range.lowest, entry.integer_range.highest};
    json["power_of_two"] = entry.integer_range.power_of_two;
  }
  if (entry.type == ParameterType::real) json["range"] = {entry.real_range.lowest, entry.real_range.highest};
  if (entry.type == ParameterType::choice)
    json["choices"] = std::vector<std::string>(entry.choices.begin(), entry.choices.end());
  json["doc"] = entry.doc;
  json["only_with"] = entry.condition;
  return json;
}

void collect_json(const std::vector<ParameterEntry>& entries, const std::string& path,
                  nlohmann::ordered_json& json) {
  for (const ParameterEntry& entry : entries) {
    if (is_group(entry)) {
      collect_json(entry.children, path_of(path, entry), json);
    } else {
      json.push_back(key_json(entry, joined(path, entry.name)));
    }
  }
}

struct Part {
  const std::vector<ParameterEntry>& entries;
  std::string path;
  std::string doc;
};

Part part(const std::vector<ParameterEntry>& parameters, std::string_view section) {
  const std::vector<const ParameterEntry*> way = way_to(parameters, section);
  if (way.empty()) return {parameters, "", ""};
  std::string path;
  for (const ParameterEntry* entry : way) path = path_of(path, *entry);
  return {way.back()->children, path, way.back()->doc};
}

}  // namespace

std::string manual_text(const std::vector<ParameterEntry>& parameters, std::string_view section) {
  const Part chosen = part(parameters, section);
  std::string text;
  write_section(chosen.entries, chosen.path, chosen.doc, text);
  return text;
}

nlohmann::ordered_json manual_json(const std::vector<ParameterEntry>& parameters, std::string_view section) {
  const Part chosen = part(parameters, section);
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  collect_json(chosen.entries, chosen.path, json);
  return json;
}

}  // namespace lnsim
