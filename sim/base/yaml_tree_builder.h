// Builds the tree of a YAML file from yaml-cpp's events. yaml-cpp's own nodes are not used: they lose the
// positions of keys, keep the first of two equal keys without a word, and nest without limit.
#pragma once

#include <yaml-cpp/eventhandler.h>

#include <istream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/yaml_document.h"

namespace YAML {
struct Mark;
}

namespace lnsim {

class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  explicit YamlTreeBuilder(std::string file);

  // Throws UserError for what yaml_document.h rules out, and lets yaml-cpp's exceptions for syntax errors
  // pass.
  void parse(std::istream& text);

  std::shared_ptr<const YamlNode> root() const { return root_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  // A list or map that is not closed yet.
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = 0;
    std::string path;
    bool has_key = false;   // of a map: the key is read, its value comes next
    bool repeated = false;  // ... and stands there for the second time
    std::string key;
    YamlMark key_mark;
    std::map<std::string, YamlMark> keys;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string got, std::string expected) const;
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const;
  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void add(std::shared_ptr<const YamlNode> node, const YAML::Mark& mark, YAML::anchor_t anchor);
  void take_key(Open& map, const YamlNode& node, const YAML::Mark& mark);
  std::string next_path() const;

  std::string file_;
  bool started_ = false;
  std::shared_ptr<const YamlNode> root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::shared_ptr<const YamlNode>> anchors_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace lnsim
