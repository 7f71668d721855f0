// Names of layers for formats that cannot hold every text.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lnsim {

// Gives each layer one name without blanks and control characters (`_` in their place), and different names
// to different layers.
class LayerNames {
 public:
  // Texts that no name may have, and what stands in their place.
  explicit LayerNames(std::vector<std::pair<std::string, std::string>> replaced)
      : replaced_(std::move(replaced)) {}

  const std::string& name_of(const std::string& layer);

 private:
  std::string spelling(const std::string& layer) const;

  std::vector<std::pair<std::string, std::string>> replaced_;
  std::map<std::string, std::string> given_;  // by layer
  std::map<std::string, int> used_;           // names, and the last number that was put behind each
};

}  // namespace lnsim
