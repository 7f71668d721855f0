// Reading a YAML map key by key, so that at the end every key is accounted for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/yaml_document.h"

namespace lnsim {

// The mistakes found in one file so far.
class YamlReport {
 public:
  explicit YamlReport(const YamlDocument& document);

  void add(const YamlMark& mark, std::string path, std::string got, std::string expected);
  bool mentions(std::string_view path) const;
  // All of them, in file order.
  std::vector<Diagnostic> sorted() const;
  // Throws UserError with all of them, in file order, unless there are none.
  void throw_if_any() const;

 private:
  std::string file_;
  std::vector<Diagnostic> diagnostics_;
};

class YamlMap {
 public:
  // Anything but a map is reported, and then reads like an empty one. `report` must outlive this object.
  YamlMap(const YamlNode& node, std::string path, YamlReport& report);

  // The entry of a key, or null when the key is not there.
  const YamlEntry* take(std::string_view key);
  // A key that would be known under another condition.
  void exclude(std::string_view key, std::string_view condition);
  // Reports the keys that were neither taken nor excluded, and the excluded ones that are there.
  void finish() const;

  std::string path_of(std::string_view key) const { return child_path(path_, key); }
  const std::string& path() const { return path_; }
  YamlReport& report() const { return *report_; }

 private:
  std::string expected_names(const std::string& key) const;

  const YamlNode* node_;
  std::string path_;
  YamlReport* report_;
  bool is_map_;
  std::vector<std::string> known_;               // in the order asked for, each once
  std::map<std::string, std::string> excluded_;  // key -> conditions under which it exists
};

}  // namespace lnsim
