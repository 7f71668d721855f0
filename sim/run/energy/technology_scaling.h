// Figures of one technology carried to another, only when asked for: the fits of A. Stillmaker and B. Baas,
// "Scaling equations for the accurate prediction of CMOS device performance from 180 nm to 7 nm", Integration
// 58, 2017. The energy of a switching gate follows e(V) = a V^2 + b V + c with coefficients per node, so that
//
//     energy at (node, V) = energy at (node0, V0) x e(V) / e0(V0);
//
// inside one node it follows V^2. Across nodes the equations are good to a factor of three: two gate-level
// characterisations were 6.1 to 7.9 times apart where they say 21.8. So every scaled figure gets that band.
//
// Off-chip memory does not scale, nor does leakage, for which these equations do not speak.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/describe.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

inline constexpr RealRange kScalableVoltages{0.4, 1.4};
inline constexpr double kScalingBand = 3.0;  // across nodes

// The nodes of the equations: nm, high-performance transistors; `lp` in front: low-power ones.
std::vector<std::string_view> node_names();

// Energy at `to` over energy at `from`. Throws UserError for a node or voltage outside the equations.
double energy_scale(const Technology& from, const Technology& to);

// The costs at another technology. Throws UserError when the table does not say what it can be scaled from.
EnergyCosts scaled(EnergyCosts costs, const Technology& to);

}  // namespace lnsim
