#include "sim/run/energy/product_octaves.h"

#include <algorithm>

#include "models/arith/lns_layout.h"
#include "sim/base/value_range.h"
#include "sim/base/yaml_reader.h"

namespace lnsim {
namespace {

constexpr RealRange kOctaveRange{1.0, 100'000.0};

double octaves(const arith::FormatParameters& format) {
  const arith::LnsLayout layout(format);
  return static_cast<double>(layout.top()) / layout.gamma();
}

}  // namespace

double product_octaves(const arith::FormatParameters& a, const arith::FormatParameters& b) {
  return octaves(a) + octaves(b);
}

std::optional<double> product_octaves(const AcceleratorParameters& machine) {
  if (machine.datapath.kind != arith::DatapathKind::lns) return std::nullopt;
  const FormatsParameters& formats = machine.formats;
  return std::max({product_octaves(formats.weight, formats.activation),
                   product_octaves(formats.weight, formats.error),
                   product_octaves(formats.activation, formats.error),
                   product_octaves(formats.activation, formats.activation)});
}

std::optional<double> read_product_octaves(YamlMap& map) {
  const YamlEntry* entry = map.take("product_octaves");
  if (entry == nullptr) return std::nullopt;
  return read_real(*entry->value, map.path_of("product_octaves"), kOctaveRange, "octaves", map.report());
}

bool may_be_the_same_octaves(std::optional<double> a, std::optional<double> b) {
  return !a || !b || *a == *b;
}

}  // namespace lnsim
