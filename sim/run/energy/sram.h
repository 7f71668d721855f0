// Energy and leakage of an SRAM from points of a memory compiler or model: a power law in capacity and width,
//
//     ln y = a + b ln(capacity in B) + c ln(width in bit),
//
// by least squares over the points that have y (read or write energy per access, or leakage power), at least
// three that tell capacity and width apart. Inside the box that the points span, and up to a factor of 4
// beyond its sides - then the source says `extrapolated` - it is used; further out is an error. The worst
// deviation of the fit from its points stands in the source. A bank with wider words than that is made of as
// few memories side by side as bring it in, all of which an access works in.
//
// A memory of several banks is so many memories of a share of its capacity. An access works in one of them;
// all of them leak. A byte costs its share of an access of the whole width. Every port beyond the first adds
// its share to energy and leakage. The wires between banks and user are not in it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/yaml_map.h"
#include "sim/run/energy/cost_quantities.h"
#include "sim/run/energy/event_cost.h"

namespace lnsim {

struct SramPoint {
  double capacity_bytes = 0;
  double width_bits = 0;
  std::array<std::optional<double>, kSramQuantityNames.size()> of;  // pJ per access; leakage in mW
};

struct SramTable {
  std::vector<SramPoint> points;
  std::string source;
  Basis basis = Basis::our_choice;
  Uncertainty uncertainty;
  double port_energy = 0;   // share of the one-port figure that each further port adds
  double port_leakage = 0;  // likewise
  std::string port_source;
};

// Figures as the fit gives them: pJ per access or mW, of one bank with one port.
struct SramFit {
  double log_scale = 0, capacity_exponent = 0, width_exponent = 0;
  double worst_low = 1, worst_high = 1;  // smallest and largest fit / point

  double at(double capacity_bytes, double width_bits) const;
};

// Nothing when the points that have the quantity do not determine a fit.
std::optional<SramFit> fit_sram(const SramTable& table, SramQuantity quantity);

// Reads the table's section `sram`; reports every mistake, and gives nothing when there was one.
std::optional<SramTable> read_sram_table(const YamlNode& node, const std::string& path, YamlReport& report);

// `ns`: of a cycle. Reports at `mark` and `path`, and gives nothing, when the table does not cover the
// memory.
std::optional<EventCost> sram_cost(const SramTable& table, SramQuantity quantity, const SramShape& whole,
                                   double ns, const YamlMark& mark, const std::string& path,
                                   YamlReport& report);

}  // namespace lnsim
