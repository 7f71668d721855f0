#include "tools/characterise/energy_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "sim/base/errors.h"
#include "sim/run/compare/datapath_name.h"
#include "tools/characterise/rounded.h"

namespace lnsim::characterise {
namespace {

using Json = nlohmann::ordered_json;
using arith::DatapathKind;

const StreamResult* find_stream(const DesignResult& design,
                                const std::function<bool(const StreamResult&)>& is) {
  const auto found = std::find_if(design.streams.begin(), design.streams.end(), is);
  return found == design.streams.end() ? nullptr : &*found;
}

// Of a cycle, over the blocks for which `share` is not 0.
double energy_fj(const DesignResult& design, const StreamResult& stream,
                 const std::function<double(const std::string& block)>& share) {
  double sum = 0;
  for (std::size_t i = 0; i < design.blocks.size(); ++i)
    sum += share(design.blocks[i].name) * stream.delayed.by_block[i].total_fj();
  return sum;
}

bool accumulates(const std::string& block) {
  return block == kAccumulate || block == kCollector;
}

// What a lane owns of a block.
double share_of_lane(const DesignResult& design, const std::string& block) {
  return block == kSharedOperand ? 1.0 / design.design.lanes : 1.0;
}

double product_fj(const DesignResult& design, const StreamResult& stream) {
  return energy_fj(design, stream,
                   [&](const std::string& block) {
                     return accumulates(block) ? 0.0 : share_of_lane(design, block);
                   }) /
         design.operations();
}

double accumulation_fj(const DesignResult& design, const StreamResult& stream) {
  return energy_fj(design, stream, [](const std::string& block) { return accumulates(block) ? 1.0 : 0.0; });
}

Json cost(const DesignResult& design, const StreamResult& stream, double fj) {
  return Json{
      {"pj", rounded(fj / 1000)},
      {"basis", "characterised"},
      {"source", fmt::format("gate level: {} on {}, with glitches, standard error {:.2g} %; netlist {}",
                             design.design.name, stream.stream,
                             100 * stream.delayed.standard_error_fj / stream.delayed.total.total_fj(),
                             design.netlist_sha256.substr(0, 12))}};
}

using Costs = std::map<DatapathKind, std::map<unsigned, Json>>;

[[noreturn]] void refuse(const DesignResult& design, const char* event) {
  throw UserError(Diagnostic{{},
                             design.design.name + ".energy_table",
                             "a second design for " + std::string(event),
                             "energy_table: false in all but one"});
}

Json by_datapath(const Costs& costs) {
  Json datapaths = Json::object();
  for (const auto& [kind, by_entries] : costs) {
    Json& entry = datapaths[datapath_name(kind)];
    if (by_entries.size() == 1) {
      entry = by_entries.begin()->second;
      continue;
    }
    Json points = Json::array();
    for (const auto& [entries, of_entries] : by_entries) {
      Json point{{"at", entries}};
      point.update(of_entries);
      points.push_back(std::move(point));
    }
    entry = Json{{"by_table_entries", std::move(points)}};
  }
  return Json{{"by_datapath", std::move(datapaths)}};
}

// As energy tables have it.
const char* optimizer_name(Unit unit) {
  return unit == Unit::madam_lane ? "madam" : unit == Unit::sgd_lane ? "sgd" : "adam";
}

const StreamResult* table_stream(const Characterisation& c, const DesignResult& design) {
  if (!design.design.energy_table) return nullptr;
  return find_stream(design, [&](const StreamResult& stream) {
    return stream.use == StreamUse::work && stream.stream == c.specification.table_stream;
  });
}

Json datapath_figures(const Characterisation& c, const DesignResult& design, const StreamResult& work) {
  const DatapathKind kind = design.design.datapath.kind;
  Json figures{{"datapath", datapath_name(kind)}};
  if (kind == DatapathKind::lns) figures["table_entries"] = design.design.datapath.table_entries;
  figures["source"] = fmt::format("lnsim characterise: {} of {} on {}, with glitches", design.design.name,
                                  c.specification.name, work.stream);
  Json& blocks = figures["blocks"] = Json::object();
  for (std::size_t i = 0; i < design.blocks.size(); ++i) {
    const BlockResult& block = design.blocks[i];
    const double share = share_of_lane(design, block.name) / design.operations();
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
    if (const StreamResult* work = table_stream(c, design))
      datapaths.push_back(datapath_figures(c, design, *work));
  }
  return datapaths;
}

Json energy_entries(const Characterisation& c) {
  Costs mac, idle, accumulate;
  Json events = Json::object();
  Json ppu, updates = Json::object();
  for (const DesignResult& d : c.designs) {
    const StreamResult* work = table_stream(c, d);
    if (work == nullptr) continue;
    if (d.design.unit == Unit::ppu_quantiser) {
      if (!ppu.is_null()) refuse(d, "ppu.value");
      ppu = cost(d, *work, work->delayed.total.total_fj());
    } else if (is_update_lane(d.design.unit)) {
      Json& update = updates[optimizer_name(d.design.unit)];
      if (!update.is_null()) refuse(d, "weight_update.parameter");
      update = cost(d, *work, work->delayed.total.total_fj());
    } else {
      const DatapathKind kind = d.design.datapath.kind;
      const unsigned entries = kind == DatapathKind::lns ? d.design.datapath.table_entries : 0;
      if (mac[kind].contains(entries)) refuse(d, "datapath.mac");
      const StreamResult* zero =
          find_stream(d, [](const StreamResult& stream) { return stream.use == StreamUse::idle_operands; });
      mac[kind][entries] = cost(d, *work, product_fj(d, *work));
      idle[kind][entries] = cost(d, *zero, product_fj(d, *zero));
      accumulate[kind][entries] = cost(d, *work, accumulation_fj(d, *work));
    }
  }
  if (!mac.empty()) {
    events["datapath.mac"] = by_datapath(mac);
    events["datapath.idle_mac"] = by_datapath(idle);
    events["collector.accumulate"] = by_datapath(accumulate);
  }
  if (!ppu.is_null()) events["ppu.value"] = ppu;
  if (!updates.empty()) events["weight_update.parameter"] = Json{{"by_optimizer", updates}};
  return events;
}

}  // namespace lnsim::characterise
