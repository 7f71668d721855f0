// Fewer pieces for the eye, with every cycle kept.
//
// At a resolution of R cycles, neighbours that span R or less are gathered: each thing done among them is
// drawn once, as long as all its pieces together, in order of first appearance, and their gaps follow. Longer
// pieces and gaps stay where they are. So the cycles of each thing a unit does are the same at every
// resolution, nothing moves by R or more, and R = 1 changes nothing.
#pragma once

#include <vector>

#include "models/control/activity_log.h"

namespace lnsim {

std::vector<ActivityLog::Piece> coalesced(const std::vector<ActivityLog::Piece>& pieces, Cycle resolution);

}  // namespace lnsim
