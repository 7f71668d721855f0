// Which part of a lane's energy is whose.
#pragma once

#include <string>
#include <vector>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// Whether the block belongs to the accumulation collector; all others of a lane make products of a beat.
bool accumulates(const std::string& block);

// What one lane owns of a block: of the register of the streamed operand its share among the lanes.
double share_of_lane(const DesignResult& lane, const std::string& block);

// Of one lane in a cycle.
struct LaneEnergy {
  CycleEnergy products, accumulation;
};
LaneEnergy lane_energy(const DesignResult& lane, const std::vector<CycleEnergy>& by_block);

}  // namespace lnsim::characterise
