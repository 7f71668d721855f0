#include "tools/characterise/energy_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/parameters.h"
#include "sim/run/compare/datapath_name.h"
#include "sim/run/energy/product_octaves.h"
#include "tools/characterise/lane_energy.h"
#include "tools/characterise/rounded.h"

namespace lnsim::characterise {
namespace {

using Json = nlohmann::ordered_json;
using arith::DatapathKind;

Json cost(const DesignResult& design, const StreamResult& stream, double fj) {
  return Json{
      {"pj", rounded(fj / 1000)},
      {"basis", "characterised"},
      {"source", fmt::format("gate level: {} on {}, with glitches, standard error {:.2g} %; netlist {}",
                             design.design.name, stream.stream,
                             100 * stream.delayed.standard_error_fj / stream.delayed.total.total_fj(),
                             design.netlist_sha256.substr(0, 12))}};
}

// Costs of an event by datapath; of LNS by the size of the conversion table and the octaves of products.
class LaneCosts {
 public:
  void add(const DesignResult& lane, Json cost) {
    const DesignParameters& design = lane.design;
    const bool is_lns = design.datapath.kind == DatapathKind::lns;
    const double octaves = is_lns ? product_octaves(design.operand_a, design.operand_b) : 0.0;
    costs_[design.datapath.kind][is_lns ? design.datapath.table_entries : 0][octaves] = std::move(cost);
  }
  bool empty() const { return costs_.empty(); }

  // Floating-point lanes are of one way to accumulate and stand for no other.
  Json entry(const std::map<DatapathKind, arith::FloatAccumulation>& float_accumulation) const {
    Json datapaths = Json::object();
    for (const auto& [kind, by_entries] : costs_) {
      Json& entry = datapaths[datapath_name(kind)];
      std::map<unsigned, Json> lanes;
      for (const auto& [entries, by_octaves] : by_entries)
        lanes[entries] = points_of("by_product_octaves", by_octaves);
      entry = points_of("by_table_entries", lanes);
      if (const auto sums = float_accumulation.find(kind); sums != float_accumulation.end()) {
        const auto name = arith::kFloatAccumulationNames[static_cast<std::size_t>(sums->second)];
        entry = Json{{"by_float_accumulation", {{name, std::move(entry)}}}};
      }
    }
    return Json{{"by_datapath", std::move(datapaths)}};
  }

 private:
  // A single one stands for all sizes.
  template <class Size>
  static Json points_of(const char* selector, const std::map<Size, Json>& costs) {
    if (costs.size() == 1) return costs.begin()->second;
    Json points = Json::array();
    for (const auto& [size, cost] : costs) {
      Json point{{"at", size}};
      point.update(cost);
      points.push_back(std::move(point));
    }
    return Json{{selector, std::move(points)}};
  }

  std::map<DatapathKind, std::map<unsigned, std::map<double, Json>>> costs_;
};

// As energy tables have it.
std::string_view optimizer_name(Unit lane) {
  const OptimizerKind optimizer = lane == Unit::madam_lane ? OptimizerKind::madam
                                  : lane == Unit::sgd_lane ? OptimizerKind::sgd
                                                           : OptimizerKind::adam;
  return kOptimizerKindNames[static_cast<std::size_t>(optimizer)];
}

// The entries of all lanes.
class LaneEntries {
 public:
  void add(const DesignResult& lane, const StreamResult& work) {
    const double products = lane.operations();
    const StreamResult &zeros = stream_for(lane, StreamUse::idle_operands),
                       &idle = stream_for(lane, StreamUse::idle_cycles);
    const LaneEnergy at_work = lane_energy(lane, work.delayed.by_block);
    const LaneEnergy at_rest = lane_energy(lane, idle.delayed.by_block);
    mac_.add(lane, cost(lane, work, at_work.products.dynamic_fj() / products));
    idle_mac_.add(
        lane, cost(lane, zeros, lane_energy(lane, zeros.delayed.by_block).products.dynamic_fj() / products));
    accumulate_.add(lane, cost(lane, work, at_work.accumulation.dynamic_fj()));
    idle_cycle_.add(
        lane,
        cost(lane, idle, (at_rest.products.dynamic_fj() + at_rest.accumulation.dynamic_fj()) / products));
    const double leakage = at_work.products.leakage_fj + at_work.accumulation.leakage_fj;
    leakage_.add(lane, cost(lane, work, leakage / products / (lane.period_ps / 1000)));
    const DatapathKind kind = lane.design.datapath.kind;
    if (kind != DatapathKind::lns && kind != DatapathKind::int8)
      float_accumulation_[kind] = lane.design.datapath.float_accumulation;
  }

  void write(Json& events) const {
    if (mac_.empty()) return;
    events["datapath.mac"] = mac_.entry(float_accumulation_);
    events["datapath.idle_mac"] = idle_mac_.entry(float_accumulation_);
    events["collector.accumulate"] = accumulate_.entry(float_accumulation_);
    events["datapath.idle_cycle"] = idle_cycle_.entry(float_accumulation_);
    events["datapath.idle_cycle"]["times"] = {"vector_size"};
    events["datapath.leakage_cycle"] = leakage_.entry(float_accumulation_);
    events["datapath.leakage_cycle"]["times"] = {"vector_size", "ns"};
    events["pe.clock_cycle"] = {{"pj", 0},
                                {"basis", "our_choice"},
                                {"source",
                                 "registers of the lanes: their clock is in datapath.mac, "
                                 "collector.accumulate and datapath.idle_cycle"}};
  }

 private:
  static const StreamResult& stream_for(const DesignResult& lane, StreamUse use) {
    return *std::find_if(lane.streams.begin(), lane.streams.end(),
                         [&](const StreamResult& stream) { return stream.use == use; });
  }

  LaneCosts mac_, idle_mac_, accumulate_, idle_cycle_, leakage_;
  std::map<DatapathKind, arith::FloatAccumulation> float_accumulation_;
};

}  // namespace

Json energy_entries(const Characterisation& c) {
  LaneEntries lanes;
  Json ppu, updates = Json::object();
  for (const DesignResult& d : c.designs) {
    const StreamResult* work = table_stream(c, d);
    if (work == nullptr) continue;
    if (d.design.unit == Unit::ppu_quantiser) {
      ppu = cost(d, *work, work->delayed.total.dynamic_fj());
    } else if (is_update_lane(d.design.unit)) {
      updates[optimizer_name(d.design.unit)] = cost(d, *work, work->delayed.total.dynamic_fj());
    } else {
      lanes.add(d, *work);
    }
  }
  Json events = Json::object();
  lanes.write(events);
  if (!ppu.is_null()) events["ppu.value"] = ppu;
  if (!updates.empty()) events["weight_update.parameter"] = Json{{"by_optimizer", updates}};
  return events;
}

}  // namespace lnsim::characterise
