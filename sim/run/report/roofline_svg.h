// The roofline diagram of an iteration, as an SVG that needs nothing else.
//
// Both axes are logarithmic: useful MACs per byte of DRAM traffic across, MACs per cycle up. The roof rises
// with the DRAM bandwidth up to the peak of the multipliers. One point per layer and pass with a product;
// equal points are drawn once. Its area follows the cycles it stands for, its colour the pass, and its
// tooltip tells the figures; the points with most cycles are labelled as long as labels do not cover one
// another.
#pragma once

#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

std::string roofline_svg(const IterationResult& result, const AcceleratorParameters& machine);

}  // namespace lnsim
