#include "sim/run/report/report_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sim/base/errors.h"
#include "sim/run/report/document_check.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using enum JsonKind;

constexpr int kDeepestLevel = 64;  // our choice; documents of ours have fewer than ten
constexpr const char* kDocuments =
    "report.json of lnsim run --out, comparison.json of lnsim compare --out or the sweep.json of a sweep";

std::vector<JsonRule> run_rules() {
  std::vector<JsonRule> rules{
      {"provenance", map},
      {"trace", map},
      {"trace/model", text},
      {"trace/source", text},
      {"trace/sample/rows"},
      {"trace/sample/of"},
      {"totals", map},
      {"totals/seconds"},
      {"totals/energy_pj_range", map},
      {"totals/energy_pj_range/low"},
      {"totals/energy_pj_range/high"},
      {"totals/cycles_by_bottleneck", map},
      {"totals/cycles_by_bottleneck/*"},
      {"totals/energy_pj_by_level", map},
      {"totals/energy_pj_by_level/*"},
      {"totals/energy_pj_by_basis", map},
      {"totals/energy_pj_by_basis/*"},
      {"layers", list},
      {"layers/[]", map},
      {"layers/[]/layer", text},
      {"layers/[]/pass", text},
      {"layers/[]/operator", text},
      {"layers/[]/bottleneck", map, true},
      {"layers/[]/bottleneck/of", text},
      {"layers/[]/bottleneck/by", text},
      {"layers/[]/numeric", map, true},
      {"energy_table", map},
      {"energy_table/name", text},
      {"energy_table/conditions", text},
      {"energy_table/events", map},
      {"energy_table/events/*/pj"},
      {"energy_table/events/*/per", text},
      {"energy_table/events/*/basis", text},
      {"energy_table/events/*/source", text},
      {"config", map},
      {"config/name", text},
      {"config/clock", map},
      {"config/clock/frequency_ghz"},
      {"config/datapath", map},
      {"config/datapath/kind", text},
      {"left_out", list},
      {"left_out/[]", text},
  };
  for (const std::string part : {"totals/", "layers/[]/"}) {
    for (const char* figure : {"cycles", "macs", "utilisation", "energy_pj"})
      rules.push_back({part + figure});
    rules.push_back({part + "energy_fj_per_mac", number, true});
    for (const char* parts : {"cycles_by_cause", "energy_pj_by_component", "energy_pj_by_event", "events"}) {
      rules.push_back({part + parts, map});
      rules.push_back({part + parts + "/*"});
    }
    rules.push_back({part + "bytes_by_level", map});
    rules.push_back({part + "bytes_by_level/dram", map});
    rules.push_back({part + "bytes_by_level/dram/read"});
    rules.push_back({part + "bytes_by_level/dram/write"});
    rules.push_back({part + "roofline", map, true});
    for (const char* figure : {"macs_per_dram_byte", "macs_per_cycle", "attainable_macs_per_cycle"})
      rules.push_back({part + "roofline/" + figure});
    rules.push_back({part + "roofline/peak_macs_per_cycle"});
  }
  for (const char* kind :
       {"sums_against_recorded", "outputs_against_recorded", "rounded_operands_against_recorded",
        "sums_against_exact", "outputs_against_sums", "weights_against_recorded"}) {
    const std::string figures = std::string("layers/[]/numeric/") + kind;
    rules.push_back({figures, map, true});
    rules.push_back({figures + "/sqnr_db", number, true});
    for (const char* figure : {"/max_error", "/values", "/differing"}) rules.push_back({figures + figure});
  }
  return rules;
}

std::vector<JsonRule> comparison_rules() {
  std::vector<JsonRule> rules{
      {"provenance", map},
      {"reference", text},
      {"held_means", text},
      {"energy_table", map},
      {"energy_table/name", text},
      {"energy_table/conditions", text},
      {"views", map},
      {"views/equal_lanes", filled_list},
      {"views/equal_area", filled_list, true},
      {"equal_area_left_out_because", text, true},
  };
  const std::string machine = "views/*/[]";
  rules.push_back({machine, map});
  rules.push_back({machine + "/datapath", text});
  for (const char* figure :
       {"operand_bits", "pes", "lanes", "macs", "seconds", "utilisation", "cycles", "datapath_energy_pj",
        "processing_element_energy_pj", "system_energy_pj", "dram_bytes"})
    rules.push_back({machine + "/" + figure});
  rules.push_back({machine + "/lanes_um2", number, true});
  rules.push_back({machine + "/ratio", map});
  rules.push_back({machine + "/ratio/*", number, true});
  rules.push_back({machine + "/energy_pj_by_component", map});
  rules.push_back({machine + "/energy_pj_by_component/*"});
  rules.push_back({machine + "/config", map});
  rules.push_back({machine + "/config/name", text});
  return rules;
}

std::vector<JsonRule> sweep_rules() {
  return {
      {"name", text},
      {"axes", list},
      {"axes/[]", map},
      {"axes/[]/path", text},
      {"axes/[]/values", filled_list},
      {"objectives", filled_list},
      {"objectives/[]/name", text},
      {"objectives/[]/goal", text},
      {"objectives/[]/unit", text},
      {"metrics", list},
      {"metrics/[]/name", text},
      {"metrics/[]/unit", text},
      {"points", list},
      {"points/[]", map},
      {"points/[]/number"},
      {"points/[]/parameters", map},
      {"points/[]/metrics", map, true},
      {"points/[]/metrics/*", number, true},
      {"points/[]/objectives", map, true},
      {"points/[]/objectives/*", number, true},
      {"points/[]/front", boolean},
      {"points/[]/error", text, true},
      {"points/[]/config", map, true},
      {"reference", map, true},
      {"reference/metrics", map, true},
      {"reference/metrics/*", number, true},
      {"points/[]/energy_pj_by_component", map, true},
      {"points/[]/energy_pj_by_component/*"},
      {"energy_components", list},
      {"energy_components/[]", text},
      {"provenance", map},
  };
}

// Beyond kinds: goals are known, and every point says where it stands on every axis.
std::vector<Diagnostic> sweep_mistakes(const Json& sweep, const std::string& file) {
  std::vector<Diagnostic> mistakes;
  for (std::size_t i = 0; i < sweep.at("objectives").size(); ++i) {
    const auto goal = sweep["objectives"][i].at("goal").get<std::string>();
    if (goal != "min" && goal != "max")
      mistakes.push_back({{file}, fmt::format("objectives[{}].goal", i), goal, "min or max"});
  }
  for (std::size_t i = 0; i < sweep.at("points").size(); ++i) {
    for (const Json& axis : sweep.at("axes")) {
      const auto path = axis.at("path").get<std::string>();
      if (sweep["points"][i].at("parameters").contains(path)) continue;
      mistakes.push_back(
          {{file}, fmt::format("points[{}].parameters.{}", i, path), "nothing", "a value of that axis"});
      return mistakes;
    }
  }
  return mistakes;
}

fs::path document_path(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  for (const char* name : {"report.json", "comparison.json", "sweep.json"}) {
    if (fs::is_regular_file(path / name, error)) return path / name;
  }
  throw UserError(Diagnostic{{path.generic_string()}, "", "a folder without a report", kDocuments});
}

std::string text_of(const fs::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || !fs::is_regular_file(path, error))
    throw UserError(Diagnostic{{path.generic_string()}, "", "no file that can be read", kDocuments});
  return {std::istreambuf_iterator<char>(file), {}};
}

SourcePosition position_of(const std::string& file, const std::string& text, std::size_t byte) {
  const std::string_view before = std::string_view(text).substr(0, std::min(byte, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {file, static_cast<int>(lines) + 1, static_cast<int>(before.size() - start) + 1};
}

Json parsed(const std::string& file, const std::string& text) {
  const auto is_shallow = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepestLevel)
      throw UserError(
          Diagnostic{{file}, "", "values nested too deep", fmt::format("at most {} levels", kDeepestLevel)});
    return true;
  };
  try {
    return Json::parse(text, is_shallow);
  } catch (const Json::parse_error& error) {
    const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
    throw UserError(Diagnostic{position_of(file, text, byte), "",
                               byte >= text.size() ? "the end of the file" : "text that is not JSON",
                               kDocuments});
  } catch (const Json::out_of_range&) {
    throw UserError(Diagnostic{{file}, "", "a number beyond all ranges", kDocuments});
  }
}

}  // namespace

ReportKind report_kind(const Json& document) {
  if (document.contains("kind")) return ReportKind::sweep;
  return document.contains("views") ? ReportKind::comparison : ReportKind::run;
}

std::string report_title(const Json& document) {
  switch (report_kind(document)) {
    case ReportKind::run:
      return fmt::format("{} on {}", document.at("trace").at("model").get<std::string>(),
                         document.at("config").at("name").get<std::string>());
    case ReportKind::comparison:
      return fmt::format(
          "Datapaths of {} compared",
          document.at("views").at("equal_lanes").at(0).at("config").at("name").get<std::string>());
    case ReportKind::sweep:
      return fmt::format("Sweep {}", document.at("name").get<std::string>());
  }
  throw ModelError("a report of no kind");
}

void check_report_document(const Json& document, const std::string& file) {
  const bool is_sweep = document.is_object() && document.value("kind", Json()) == "sweep";
  const bool is_known = is_sweep || (document.is_object() && !document.contains("kind") &&
                                     (document.contains("layers") || document.contains("views")));
  if (!is_known) throw UserError(Diagnostic{{file}, "", "another kind of document", kDocuments});
  const std::vector<JsonRule> rules = is_sweep                     ? sweep_rules()
                                      : document.contains("views") ? comparison_rules()
                                                                   : run_rules();
  std::vector<Diagnostic> mistakes = broken_rules(document, rules, file);
  if (mistakes.empty() && is_sweep) mistakes = sweep_mistakes(document, file);
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
}

ReportDocument read_report_document(const fs::path& path) {
  const fs::path found = document_path(path);
  const std::string file = found.generic_string();
  ReportDocument document{file, parsed(file, text_of(found))};
  check_report_document(document.json, file);
  return document;
}

}  // namespace lnsim
