#include "tools/characterise/lane_energy.h"

namespace lnsim::characterise {

bool accumulates(const std::string& block) {
  return block == kAccumulate || block == kCollector;
}

double share_of_lane(const DesignResult& lane, const std::string& block) {
  return block == kSharedOperand ? 1.0 / lane.design.lanes : 1.0;
}

LaneEnergy lane_energy(const DesignResult& lane, const std::vector<CycleEnergy>& by_block) {
  LaneEnergy energy;
  for (std::size_t i = 0; i < lane.blocks.size(); ++i) {
    const std::string& block = lane.blocks[i].name;
    CycleEnergy& part = accumulates(block) ? energy.accumulation : energy.products;
    part += by_block[i].times(share_of_lane(lane, block));
  }
  return energy;
}

}  // namespace lnsim::characterise
