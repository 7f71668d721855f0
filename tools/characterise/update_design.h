// Designs of the weight-update lanes: a parameter per cycle, between registers.
#pragma once

#include "tools/characterise/design.h"

namespace lnsim::characterise {

// For the units madam_lane, sgd_lane and adam_lane.
Design make_update_lane(const DesignParameters& parameters);

}  // namespace lnsim::characterise
