// A table of a non-linear delay model: a quantity over input slew and output load.
#pragma once

#include <cstddef>
#include <vector>

namespace lnsim::gates {

// values[i * loads_ff.size() + j] stands at slews_ps[i] and loads_ff[j]. An axis of one point is one on which
// the quantity does not depend. Constraint tables have the constrained pin's slew as `slews_ps` and the
// related pin's slew, in ps, as `loads_ff`.
struct LookupTable {
  std::vector<double> slews_ps;
  std::vector<double> loads_ff;
  std::vector<double> values;

  bool empty() const { return values.empty(); }

  // Bilinear between the four nearest points, and beyond the ends along the outermost pieces, as the Liberty
  // User Guide has it. An empty table is 0 everywhere.
  double at(double slew_ps, double load_ff) const;
};

}  // namespace lnsim::gates
