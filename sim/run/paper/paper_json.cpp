#include <utility>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/paper/paper_report.h"
#include "sim/run/report/provenance.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;
using arith::DatapathKind;

template <class Number>
Json or_null(const std::optional<Number>& value) {
  return value ? Json(*value) : Json(nullptr);
}

void add_provenance(Json& json, const Provenance& from) {
  json["source"] = from.source;
  json["confidence"] = std::string(kConfidenceNames[static_cast<std::size_t>(from.confidence)]);
}

Json constants_json(const PaperResult& result) {
  Json json;
  for (const auto& [kind, constant] : result.constants) {
    json[datapath_name(kind)] = {{"allowed_from_fj", constant.allowed.low},
                                 {"allowed_to_fj", constant.allowed.high},
                                 {"constant_fj", constant.fj.value},
                                 {"energy_table_fj", constant.preset_fj},
                                 {"over_lns", or_null(result.constant_ratio(kind))}};
  }
  return json;
}

Json iteration_json(const IterationComparison& comparison) {
  const SlotCount& slots = comparison.slots;
  Json json{{"network", comparison.row.name},
            {"workload", slots.workload},
            {"use", std::string(kRowUseNames[static_cast<std::size_t>(comparison.row.use)])}};
  for (const auto& [kind, printed] : comparison.row.energy_mj) {
    const double ours = comparison.ours_mj.at(kind);
    json["energy"][datapath_name(kind)] = {{"published_mj", printed.value},
                                           {"ours_mj", ours},
                                           {"deviation_percent", 100.0 * (ours / printed.value - 1.0)},
                                           {"prints_alike", printed.prints_as(ours)}};
  }
  json["useful_macs"] = slots.macs;
  json["three_times_forward_macs"] = slots.closed_macs;
  json["padding_slots"] = {{"forward", slots.padding[0]},
                           {"input_gradient", slots.padding[1]},
                           {"weight_gradient", slots.padding[2]}};
  json["occupied_slots"] = slots.occupied();
  json["implied_slots"] = comparison.implied_slots;
  json["explained_by_padding"] = or_null(comparison.explained());
  json["explanation"] = explanation(comparison);
  add_provenance(json, comparison.row.from);
  return json;
}

Json gpt_json(const GptRow& row) {
  Json json{{"size", row.size}, {"parameters", row.parameters}, {"macs", row.macs}};
  for (const auto& [kind, joules] : row.joules) json["energy_j"][datapath_name(kind)] = joules;
  return json;
}

Json ratio_json(const RatioRow& row) {
  Json json{{"name", row.name},
            {"over", datapath_name(row.over)},
            {"counts", std::string(kCountedLevelNames.at(static_cast<std::size_t>(row.counts)))},
            {"published", row.published},
            {"sense", std::string(kSenseNames[static_cast<std::size_t>(row.sense)])},
            {"operators_45nm", or_null(row.operators)},
            {"gates_datapath", or_null(row.characterised)},
            {"verdict_of_the_gates", verdict(row.published, row.sense, row.characterised)},
            {"text", row.text}};
  add_provenance(json, row.from);
  return json;
}

Json conversion_json(const PaperResult& result) {
  Json json;
  for (const auto& [entries, printed] : result.published.conversion_fj_per_op) {
    const CharacterisedDatapath* gates =
        result.characterisation ? result.characterisation->find(DatapathKind::lns, entries) : nullptr;
    Json row{{"table_entries", entries},
             {"published_fj_per_op", printed.value},
             {"operators_fj_per_mac", result.operator_conversion_pj.at(entries) * 1e3},
             {"gates_fj_per_mac", gates == nullptr ? Json(nullptr) : Json(gates->fj_per_mac())}};
    if (gates != nullptr) {
      for (const CharacterisedBlock& block : gates->blocks)
        row["gates_fj_per_mac_by_block"][block.name] = block.fj_per_mac;
    }
    json["rows"].push_back(std::move(row));
  }
  json["verdict"] = or_null(conversion_verdict(result));
  add_provenance(json, result.published.conversion_from);
  return json;
}

Json carbon_json(const PaperResult& result) {
  const CarbonInputs& inputs = result.carbon_inputs;
  Json json{{"network", result.published.carbon_network}, {"iterations", inputs.iterations()}};
  for (const CarbonInput& input : kCarbonInputs) {
    Json number{{"value", (inputs.*input.member).value}, {"unit", std::string(input.unit)}};
    add_provenance(number, (inputs.*input.member).from);
    json["inputs"][std::string(input.key)] = std::move(number);
  }
  for (const CarbonRow& row : result.carbon) {
    Json entry{{"energies", row.of}};
    for (const auto& [kind, joules] : row.joules) {
      entry["datapaths"][datapath_name(kind)] = {
          {"energy_j", joules}, {"energy_kwh", inputs.kwh(joules)}, {"carbon_kg", inputs.kg(joules)}};
    }
    entry["saved_percent"] = row.saved_percent();
    json["trainings"].push_back(std::move(entry));
  }
  json["published_saved_percent"] = result.published.carbon_saved_percent;
  add_provenance(json, result.published.carbon_from);
  return json;
}

}  // namespace

nlohmann::ordered_json paper_json(const PaperResult& result, const PaperFiles& files) {
  std::vector<std::pair<std::string_view, std::filesystem::path>> inputs{{"published", files.published},
                                                                         {"carbon", files.carbon},
                                                                         {"pe_level", files.pe_level},
                                                                         {"operators", files.operators}};
  if (!files.characterisation.empty()) inputs.emplace_back("characterisation", files.characterisation);
  Json json;
  json["provenance"] = provenance_json(inputs);
  json["published"] = result.published.name;
  json["constants"] = constants_json(result);
  for (const IterationComparison& row : result.iterations) json["iterations"].push_back(iteration_json(row));
  for (const GptRow& row : result.gpt) json["gpt"].push_back(gpt_json(row));
  for (const RatioRow& row : ratio_rows(result)) json["ratios"].push_back(ratio_json(row));
  json["conversion"] = conversion_json(result);
  json["carbon"] = carbon_json(result);
  if (result.characterisation) {
    json["characterisation"] = {{"name", result.characterisation->name},
                                {"conditions", result.characterisation->conditions}};
  } else {
    json["characterisation"] = nullptr;
  }
  return json;
}

}  // namespace lnsim
