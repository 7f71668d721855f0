#include "tools/characterise/switching_entries.h"

#include <fmt/format.h>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/energy/product_octaves.h"
#include "tools/characterise/rounded.h"
#include "tools/characterise/switching_fit.h"

namespace lnsim::characterise {
namespace {

using Json = nlohmann::ordered_json;

Json coefficients_json(const SwitchingCoefficients& coefficients) {
  Json json = Json::object();
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    if (coefficients[i] > 0) json[std::string(arith::kSwitchingNames[i])] = rounded(coefficients[i]);
  return json;
}

Json model_json(const Characterisation& c, const DesignResult& lane, const HeldOutError& error) {
  const SwitchingFit& fit = lane.switching;
  Json json = Json::object();
  if (lane.design.datapath.kind == arith::DatapathKind::lns) {
    json["table_entries"] = lane.design.datapath.table_entries;
    json["product_octaves"] = product_octaves(lane.design.operand_a, lane.design.operand_b);
  }
  json["lane"] = coefficients_json(fit.products);
  json["collector"] = coefficients_json(fit.accumulation);
  json["held_out_error"] = {
      {"mean", rounded(error.mean)}, {"worst", rounded(error.worst)}, {"streams", error.streams}};
  json["operand_class"] = c.specification.table_stream;
  json["basis"] = "characterised";
  json["source"] = fmt::format("fitted to gate level: {} with glitches; netlist {}", lane.design.name,
                               lane.netlist_sha256.substr(0, 12));
  return json;
}

}  // namespace

Json switching_entries(const Characterisation& c) {
  Json json = Json::object();
  for (const DesignResult& lane : c.designs) {
    if (lane.design.unit != Unit::lane || table_stream(c, lane) == nullptr) continue;
    const HeldOutError error = held_out_error(lane.switching);
    if (error.streams == 0) continue;
    json[datapath_name(lane.design.datapath.kind)].push_back(model_json(c, lane, error));
  }
  return json;
}

}  // namespace lnsim::characterise
