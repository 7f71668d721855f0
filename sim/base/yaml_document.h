// A YAML file as a tree in which every key and value knows where it stands.
//
// The language is YAML 1.2 with limits that keep a broken or hostile file harmless: UTF-8 text of at most 1
// MiB, one document, at most 64 levels, no tabs in front of a line's first character, no explicit tags, names
// as keys. Aliases share the node they name, so they cost nothing however often they are used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

inline constexpr std::size_t kYamlLargestBytes = std::size_t{1} << 20;
inline constexpr std::size_t kYamlDeepestLevel = 64;

// Counted from 1.
struct YamlMark {
  int line = 0;
  int column = 0;
};

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind = Kind::null;
  YamlMark mark;
  std::string text;     // of a scalar, without its quotes
  bool quoted = false;  // then it is text, whatever it looks like
  std::vector<std::shared_ptr<const YamlNode>> items;
  std::vector<YamlEntry> entries;  // in file order, each key once
};

struct YamlEntry {
  std::string key;
  YamlMark mark;  // of the key
  std::shared_ptr<const YamlNode> value;
};

struct YamlDocument {
  std::string file;
  std::shared_ptr<const YamlNode> root;
  std::vector<Diagnostic> diagnostics;  // mistakes that leave the rest readable: keys given twice
};

// Throws UserError for files that cannot be read as YAML at all.
YamlDocument read_yaml(const std::filesystem::path& path);
// The same of text that stands in `file`; it must be UTF-8 (check_text in sim/base/text_file.h).
YamlDocument parse_yaml(const std::string& file, std::string text);

// A value for a message: as written, shortened, or what kind of thing it is.
std::string shown(const YamlNode& node);

// `pe` and `lanes` give `pe.lanes`; an empty parent gives the name.
std::string child_path(const std::string& parent, std::string_view name);

// Where `formats.weight.kind` or `tiles[2].rows` stands, or else the nearest section around it that is
// written.
YamlMark mark_of(const YamlNode& root, std::string_view path);

// Scalars. Integers: decimal without leading zeros, or hexadecimal with 0x; nothing is rounded, so 1e3
// and 4.0 are not integers. Reals: decimal, finite. Quoted values are text and neither.
std::optional<std::int64_t> integer_of(const YamlNode& node);
std::optional<double> real_of(const YamlNode& node);
std::optional<bool> boolean_of(const YamlNode& node);  // true and false only

}  // namespace lnsim
