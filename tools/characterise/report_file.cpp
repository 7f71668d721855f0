#include "tools/characterise/report_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/effective_config.h"
#include "sim/run/report/provenance.h"
#include "tools/characterise/datapath_entries.h"
#include "tools/characterise/energy_entries.h"
#include "tools/characterise/rounded.h"
#include "tools/characterise/switching_entries.h"

namespace lnsim::characterise {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kIncludes =
    "cells and the pins they drive, clock pins, leakage; operand registers of the unit. No wires, no clock "
    "tree, no clock "
    "gating, no scan";

Json conditions_json(const Characterisation& c) {
  return Json{{"node", c.node.empty() ? "not stated" : c.node},
              {"voltage", fmt::format("{} V", c.voltage)},
              {"temperature", fmt::format("{} C", c.temperature_c)},
              {"includes", kIncludes}};
}

Json method_json(const Characterisation& c) {
  Json files = Json::array();
  for (std::size_t i = 0; i < c.liberty.size(); ++i)
    files.push_back({{"file", c.liberty[i].filename().string()}, {"sha256", c.liberty_sha256[i]}});
  return Json{{"libraries", c.libraries},
              {"liberty", std::move(files)},
              {"operating_conditions", c.operating_conditions},
              {"frequency_ghz", c.specification.frequency_ghz},
              {"input_slew_ps", rounded(c.conditions.input_slew_ps)},
              {"clock_slew_ps", rounded(c.conditions.clock_slew_ps)},
              {"wire_ff_per_pin", c.conditions.wire_ff_per_pin},
              {"full_adder", c.full_adder.empty() ? "none" : c.full_adder},
              {"seed", c.specification.seed},
              {"table_stream", c.specification.table_stream},
              {"lnsim", version()},
              {"yosys", c.yosys_version}};
}

Json parts_json(const CycleEnergy& energy, double operations) {
  return Json{{"total_fj", rounded(energy.total_fj() / operations)},
              {"combinational_fj", rounded(energy.combinational_fj / operations)},
              {"sequential_fj", rounded(energy.sequential_fj / operations)},
              {"clock_fj", rounded(energy.clock_fj / operations)},
              {"leakage_fj", rounded(energy.leakage_fj / operations)}};
}

Json energy_json(const DesignResult& d, const StreamEnergy& energy, bool by_block) {
  const double operations = d.operations();
  Json json{{"per_operation", parts_json(energy.total, operations)}};
  json["standard_error_percent"] = rounded(100 * energy.standard_error_fj / energy.total.total_fj());
  if (!by_block) return json;
  Json blocks = Json::object();
  for (std::size_t i = 0; i < d.blocks.size(); ++i)
    blocks[d.blocks[i].name] = parts_json(energy.by_block[i], operations);
  json["per_operation_by_block"] = std::move(blocks);
  return json;
}

// Blocks of the stream that stands in the table only: of all they would fill most of the file.
Json stream_json(const DesignResult& d, const StreamResult& s, const std::string& table_stream) {
  const bool by_block = s.stream == table_stream;
  return Json{{"name", s.stream},
              {"use", kStreamUseNames[static_cast<std::size_t>(s.use)]},
              {"role", kStreamRoleNames[static_cast<std::size_t>(s.role)]},
              {"cycles", s.cycles},
              {"with_glitches", energy_json(d, s.delayed, by_block)},
              {"glitch_free", energy_json(d, s.glitch_free, by_block)}};
}

Json model_errors_json(const DesignResult& lane) {
  Json json = Json::array();
  for (const SwitchingFit::Error& error : lane.switching.errors)
    json.push_back({{"stream", error.stream},
                    {"role", kStreamRoleNames[static_cast<std::size_t>(error.role)]},
                    {"error_percent", rounded(100 * error.relative)}});
  return json;
}

Json design_json(const DesignResult& d, const std::string& table_stream) {
  DesignParameters parameters = d.design;
  Json json{{"name", d.design.name}, {"basis", "characterised"}};
  json["parameters"] = EffectiveConfigWriter::written(parameters);
  json["operations_per_cycle"] = d.operations();
  json["netlist_sha256"] = d.netlist_sha256;
  json["cells"] = d.cells;
  json["flip_flops"] = d.flip_flops;
  json["area_um2"] = rounded(d.area_um2);
  json["critical_path_ps"] = rounded(d.critical_path_ps);
  json["simulated_period_ps"] = rounded(d.period_ps);
  if (!d.critical_path.empty()) {
    json["critical_path"] = {{"from", d.critical_path.front().net},
                             {"to", d.critical_path.back().net},
                             {"cells", d.critical_path.size()}};
  }
  json["blocks"] = Json::array();
  for (const BlockResult& block : d.blocks)
    json["blocks"].push_back(
        {{"name", block.name}, {"cells", block.cells}, {"area_um2", rounded(block.area_um2)}});
  json["streams"] = Json::array();
  for (const StreamResult& stream : d.streams)
    json["streams"].push_back(stream_json(d, stream, table_stream));
  if (d.design.unit == Unit::lane) json["switching_model"] = model_errors_json(d);
  return json;
}

bool is_flat(const Json& json) {
  return json.is_object() && !json.empty() && json.size() <= 8 &&
         std::none_of(json.begin(), json.end(), [](const Json& item) { return item.is_structured(); }) &&
         json.dump().size() <= 160;
}

std::string key_text(const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
  return plain ? key : Json(key).dump();
}

std::string flow_text(const Json& json) {
  std::string text;
  for (const auto& [key, value] : json.items())
    text += (text.empty() ? "{" : ", ") + key_text(key) + ": " + value.dump();
  return text + "}";
}

// Everything behind a key or a dash, with the line's end.
std::string block_text(const Json& json, std::size_t indent) {
  if (!json.is_structured() || json.empty()) return " " + json.dump() + "\n";
  if (is_flat(json)) return " " + flow_text(json) + "\n";
  std::string text = "\n";
  const std::string margin(indent, ' ');
  if (json.is_array()) {
    for (const Json& item : json) {
      if (item.is_object() && !item.empty() && !is_flat(item)) {
        // The first key on the dash's line.
        std::string inner = block_text(item, indent + 2).substr(1);
        inner.replace(indent, 1, "-");
        text += inner;
      } else {
        text += margin + "-" + block_text(item, indent + 2);
      }
    }
    return text;
  }
  for (const auto& [key, value] : json.items())
    text += margin + key_text(key) + ":" + block_text(value, indent + 2);
  return text;
}

}  // namespace

Json characterisation_json(const Characterisation& c, const std::string& extends) {
  Json json{{"name", c.specification.name}};
  json["conditions"] = conditions_json(c);
  if (!extends.empty()) json["extends"] = extends;
  json["events"] = energy_entries(c);
  if (Json models = switching_entries(c); !models.empty()) json["switching"] = std::move(models);
  json["datapaths"] = datapath_entries(c);
  Json& how = json["characterisation"] = method_json(c);
  how["streams"] = Json::array();
  for (StreamParameters stream : c.specification.streams)
    how["streams"].push_back(EffectiveConfigWriter::written(stream));
  how["designs"] = Json::array();
  for (const DesignResult& design : c.designs)
    how["designs"].push_back(design_json(design, c.specification.table_stream));
  return json;
}

std::string yaml_text(const Json& json) {
  return block_text(json, 0).substr(1);
}

}  // namespace lnsim::characterise
