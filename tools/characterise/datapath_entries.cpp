#include "tools/characterise/datapath_entries.h"

#include <fmt/format.h>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/energy/product_octaves.h"
#include "tools/characterise/lane_energy.h"
#include "tools/characterise/rounded.h"

namespace lnsim::characterise {
namespace {

using Json = nlohmann::ordered_json;

Json figures_of(const Characterisation& c, const DesignResult& lane, const StreamResult& work) {
  const arith::DatapathKind kind = lane.design.datapath.kind;
  Json figures{{"datapath", datapath_name(kind)}};
  if (kind == arith::DatapathKind::lns) {
    figures["table_entries"] = lane.design.datapath.table_entries;
    figures["product_octaves"] = product_octaves(lane.design.operand_a, lane.design.operand_b);
  }
  figures["source"] = fmt::format("lnsim characterise: {} of {} on {}, with glitches", lane.design.name,
                                  c.specification.name, work.stream);
  Json& blocks = figures["blocks"] = Json::object();
  for (std::size_t i = 0; i < lane.blocks.size(); ++i) {
    const BlockResult& block = lane.blocks[i];
    const double share = share_of_lane(lane, block.name) / lane.operations();
    blocks[block.name] = {{"fj_per_mac", rounded(share * work.delayed.by_block[i].total_fj())},
                          {"um2_per_multiplier", rounded(share * block.area_um2)}};
  }
  return figures;
}

}  // namespace

Json datapath_entries(const Characterisation& c) {
  Json datapaths = Json::array();
  for (const DesignResult& design : c.designs) {
    if (design.design.unit != Unit::lane) continue;
    if (const StreamResult* work = table_stream(c, design)) datapaths.push_back(figures_of(c, design, *work));
  }
  return datapaths;
}

}  // namespace lnsim::characterise
