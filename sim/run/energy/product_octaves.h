// What decides, beside the conversion table, how large an LNS lane is: the octaves that its products span,
// which is how far they are shifted. An operand spans top / gamma of them (models/arith/lns_layout.h).
//
// Energy tables and characterisations may say of what octaves a lane is, under the key `product_octaves`.
#pragma once

#include <optional>

#include "models/parameters.h"
#include "sim/base/yaml_map.h"

namespace lnsim {

// Both formats are LNS.
double product_octaves(const arith::FormatParameters& a, const arith::FormatParameters& b);

// Of the widest product that a machine's lanes form: of weights with activations or errors, or of activations
// with errors or activations. Nothing when its datapath is not LNS.
std::optional<double> product_octaves(const AcceleratorParameters& machine);

// What a map says of them; reports a value that cannot be.
std::optional<double> read_product_octaves(YamlMap& map);

// Whether a lane of `a` octaves can stand for one of `b`; nothing: any.
bool may_be_the_same_octaves(std::optional<double> a, std::optional<double> b);

}  // namespace lnsim
