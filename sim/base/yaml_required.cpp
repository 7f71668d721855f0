#include "sim/base/yaml_required.h"

#include "sim/base/value_range.h"
#include "sim/base/yaml_reader.h"

namespace lnsim {

const YamlEntry* required(YamlMap& map, const YamlMark& mark, std::string_view key,
                          std::string_view expected) {
  const YamlEntry* entry = map.take(key);
  if (entry == nullptr) map.report().add(mark, map.path_of(key), "nothing", std::string(expected));
  return entry;
}

std::string required_text(YamlMap& map, const YamlMark& mark, std::string_view key) {
  const YamlEntry* entry = required(map, mark, key, "text");
  if (entry == nullptr) return "";
  const std::optional<std::string> text = read_text(*entry->value, map.path_of(key), map.report());
  if (text && text->find_first_not_of(' ') == std::string::npos)
    map.report().add(entry->value->mark, map.path_of(key), "no text", "text");
  return text.value_or("");
}

std::optional<std::int64_t> required_integer(YamlMap& map, const YamlMark& mark, std::string_view key,
                                             const IntegerRange& range, std::string_view unit) {
  const YamlEntry* entry = required(map, mark, key, range_text(range, unit));
  if (entry == nullptr) return std::nullopt;
  return read_integer(*entry->value, map.path_of(key), range, unit, map.report());
}

std::optional<double> required_real(YamlMap& map, const YamlMark& mark, std::string_view key,
                                    const RealRange& range, std::string_view unit) {
  const YamlEntry* entry = required(map, mark, key, range_text(range, unit));
  if (entry == nullptr) return std::nullopt;
  return read_real(*entry->value, map.path_of(key), range, unit, map.report());
}

std::optional<std::size_t> required_choice(YamlMap& map, const YamlMark& mark, std::string_view key,
                                           ChoiceNames names) {
  const YamlEntry* entry = required(map, mark, key, range_text(names));
  if (entry == nullptr) return std::nullopt;
  return read_choice(*entry->value, map.path_of(key), names, map.report());
}

}  // namespace lnsim
