#include <fmt/format.h>

#include <utility>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/paper/paper_report.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

std::string giga(double value) {
  return fmt::format("{:.3f}", value * 1e-9);
}

std::string cell(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

std::string confidence_of(const Provenance& from) {
  return std::string(kConfidenceNames[static_cast<std::size_t>(from.confidence)]);
}

std::string iterations_text(const PaperResult& result) {
  TextTable table(
      {"network", "workload", "use", "datapath", "published mJ", "ours mJ", "deviation %", "confidence"}, 4);
  std::size_t fitted = 0;
  std::size_t alike = 0;
  for (const IterationComparison& comparison : result.iterations) {
    for (const auto& [kind, printed] : comparison.row.energy_mj) {
      const double ours = comparison.ours_mj.at(kind);
      table.add({comparison.row.name, comparison.slots.workload,
                 std::string(kRowUseNames[static_cast<std::size_t>(comparison.row.use)]), datapath_name(kind),
                 printed.text(), fmt::format("{:.{}f}", ours, printed.decimals),
                 fmt::format("{:+.2f}", 100.0 * (ours / printed.value - 1.0)),
                 confidence_of(comparison.row.from)});
      if (comparison.row.use != RowUse::fitted) continue;
      ++fitted;
      if (printed.prints_as(ours)) ++alike;
    }
  }
  return "Energy of a training iteration at PE level, batch 1\n" + table.str() +
         fmt::format("{} of {} fitted figures are met to the last printed digit.\n", alike, fitted);
}

std::string constants_text(const PaperResult& result) {
  TextTable table({"datapath", "allowed from fJ", "to fJ", "constant fJ", "energy table fJ", "over LNS"}, 1);
  for (const auto& [kind, constant] : result.constants) {
    table.add({datapath_name(kind), fmt::format("{:.4f}", constant.allowed.low),
               fmt::format("{:.4f}", constant.allowed.high), constant.fj.text(),
               fmt::format("{:g}", constant.preset_fj), cell(result.constant_ratio(kind), 3)});
  }
  return "\nConstants: energy of one multiplier slot, from the printed figures of the fitted networks "
         "alone\n" +
         table.str();
}

std::string slots_text(const PaperResult& result) {
  TextTable table({"workload", "useful G", "padding fwd", "grad. in", "grad. wt", "slots G", "implied G"}, 1);
  for (const IterationComparison& comparison : result.iterations) {
    const SlotCount& slots = comparison.slots;
    std::vector<std::string> row{slots.workload, giga(static_cast<double>(slots.macs))};
    for (const std::uint64_t padding : slots.padding) row.push_back(giga(static_cast<double>(padding)));
    row.push_back(giga(static_cast<double>(slots.occupied())));
    row.push_back(giga(comparison.implied_slots));
    table.add(std::move(row));
  }
  std::string text =
      "\nMultiplier slots of the simulated PE in an iteration, and those that the printed energy implies\n" +
      table.str();
  for (const IterationComparison& comparison : result.iterations) {
    if (comparison.row.use == RowUse::predicted) text += wrapped("- " + explanation(comparison), "  ");
  }
  return text;
}

std::string gpt_text(const PaperResult& result) {
  std::vector<std::string> header{"GPT", "parameters", "MACs"};
  for (const auto& [kind, constant] : result.constants) header.push_back(datapath_name(kind) + " J");
  TextTable table(header, 1);
  for (const GptRow& row : result.gpt) {
    std::vector<std::string> cells{row.size, grouped(row.parameters), grouped(row.macs)};
    for (const auto& [kind, joules] : row.joules) cells.push_back(fmt::format("{:.4g}", joules));
    table.add(std::move(cells));
  }
  return "\n" +
         wrapped(
             "Energy of an iteration of the GPT series at PE level: one sequence of 2048 tokens, without a "
             "head; no "
             "values are published",
             "") +
         table.str();
}

std::string ratios_text(const PaperResult& result) {
  TextTable table({"ratio to LNS", "over", "counts", "confidence", "published", "operators", "gates",
                   "verdict of the gates"},
                  4);
  std::string texts;
  for (const RatioRow& row : ratio_rows(result)) {
    table.add(
        {row.name, datapath_name(row.over),
         std::string(kCountedLevelNames.at(static_cast<std::size_t>(row.counts))), confidence_of(row.from),
         fmt::format("{}{:.3g}", row.sense == Sense::over ? "> " : "", row.published), cell(row.operators, 2),
         cell(row.characterised, 2), verdict(row.published, row.sense, row.characterised)});
    texts += wrapped(fmt::format("- {}: {}", row.name, row.text), "  ");
  }
  return "\n" +
         wrapped(
             "Ratios: as published, of the simulated machine on BERT-Base with single operations at 45 nm "
             "(at the "
             "level that the claim counts), and of our gates (datapath alone)",
             "") +
         table.str() + texts +
         wrapped(
             "- datapath counts multiplies and accumulations of the lanes; processing_element also operand "
             "buffers, "
             "collector, post-processing, vector unit and weight update. Ratios of different levels count "
             "different "
             "things.",
             "  ");
}

std::string conversion_text(const PaperResult& result) {
  TextTable table({"table entries", "published fJ/op", "over first", "operators fJ/MAC", "over first",
                   "gates fJ/MAC", "over first"},
                  0);
  const auto& published = result.published.conversion_fj_per_op;
  const double first_published = published.begin()->second.value;
  const double first_operators = result.operator_conversion_pj.begin()->second;
  std::optional<double> first_gates;
  for (const auto& [entries, printed] : published) {
    std::optional<double> gates;
    if (result.characterisation) {
      const CharacterisedDatapath* datapath = result.characterisation->find(DatapathKind::lns, entries);
      if (datapath != nullptr) gates = datapath->fj_per_mac();
    }
    if (entries == published.begin()->first) first_gates = gates;
    const double pj = result.operator_conversion_pj.at(entries);
    const bool has_ratio = gates && first_gates && *first_gates > 0.0;
    table.add({fmt::to_string(entries), printed.text(),
               fmt::format("{:.2f}", printed.value / first_published), fmt::format("{:.0f}", pj * 1e3),
               fmt::format("{:.2f}", pj / first_operators), cell(gates, 2),
               has_ratio ? fmt::format("{:.2f}", *gates / *first_gates) : "-"});
  }
  return fmt::format(
             "\nLog-to-linear conversion: energy of the LNS datapath by entries of its table (published: "
             "{})\n",
             confidence_of(result.published.conversion_from)) +
         table.str() + wrapped(conversion_verdict(result).value_or("Gates: not characterised."), "");
}

std::string carbon_text(const PaperResult& result) {
  const CarbonInputs& inputs = result.carbon_inputs;
  std::string text =
      fmt::format("\nCarbon of a training of {} on ImageNet, {} iterations at PE level\n",
                  result.published.carbon_network, grouped(static_cast<std::uint64_t>(inputs.iterations())));
  std::vector<std::string> header{"energies", "figure"};
  for (const auto& [kind, constant] : result.constants) header.push_back(datapath_name(kind));
  header.emplace_back("LNS saves of FP32 %");
  TextTable table(header, 2);
  for (const CarbonRow& row : result.carbon) {
    std::vector<std::string> kwh{row.of, "kWh"};
    std::vector<std::string> kg{row.of, "kg CO2e"};
    for (const auto& [kind, joules] : row.joules) {
      kwh.push_back(fmt::format("{:.4f}", inputs.kwh(joules)));
      kg.push_back(fmt::format("{:.4f}", inputs.kg(joules)));
    }
    kwh.emplace_back("");
    kg.push_back(fmt::format("{:.1f}", row.saved_percent()));
    table.add(std::move(kwh));
    table.add(std::move(kg));
  }
  text += table.str();
  text += wrapped(fmt::format("Published: {} % ({}). The saving is that of the energies, whatever the grid.",
                              result.published.carbon_saved_percent, result.published.carbon_from.source),
                  "");
  for (const CarbonInput& input : kCarbonInputs) {
    const SourcedNumber& number = inputs.*input.member;
    text +=
        wrapped(fmt::format("- {}: {}{}{} ({}; {})", input.key, number.value, input.unit.empty() ? "" : " ",
                            input.unit, number.from.source, confidence_of(number.from)),
                "  ");
  }
  return text;
}

}  // namespace

std::string paper_text(const PaperResult& result) {
  std::string text = iterations_text(result) + constants_text(result) + slots_text(result) +
                     gpt_text(result) + ratios_text(result) + conversion_text(result) + carbon_text(result);
  if (result.characterisation) {
    text += fmt::format("\nGates from \"{}\"\n", result.characterisation->name) +
            wrapped(result.characterisation->conditions, "  ");
  }
  return text;
}

}  // namespace lnsim
