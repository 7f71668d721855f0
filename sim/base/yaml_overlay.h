// A YAML tree with other values in some places, for documents that are variations of a file.
#pragma once

#include <memory>
#include <string_view>

#include "sim/base/yaml_document.h"

namespace lnsim {

// The tree with `value` at `path`, for example `formats.weight.bits`; maps on the way that are not there are
// made, and what is no map is replaced by one. Its key stands where the value stands. Everything else is
// shared with the tree.
std::shared_ptr<const YamlNode> with_value(const std::shared_ptr<const YamlNode>& root, std::string_view path,
                                           const std::shared_ptr<const YamlNode>& value);

}  // namespace lnsim
