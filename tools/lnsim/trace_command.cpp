#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "sim/run/report/output_file.h"
#include "sim/run/trace_tools/statistics_report.h"
#include "sim/run/trace_tools/trace_check.h"
#include "sim/run/trace_tools/trace_info.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/format_name.h"

namespace lnsim {
namespace {

constexpr const char* kFooter = R"(Examples
  lnsim trace info traces/resnet50-b2.jsonl
  lnsim trace stats traces/digits-cnn.jsonl --svg digits.svg
  lnsim trace check traces/digits-cnn.jsonl

`lnsim trace COMMAND --help` says more of each.)";

struct InfoOptions {
  std::string trace;
  bool json = false;
};

void info(const InfoOptions& options, Console& console) {
  const Trace trace = read_trace(options.trace);
  const TraceInfo found = trace_info(trace);
  console.out << (options.json ? info_json(trace, found).dump(2) + "\n" : info_table(trace, found));
}

void add_info(CLI::App& app, Console& console) {
  const auto options = std::make_shared<InfoOptions>();
  CLI::App* command =
      app.add_subcommand("info", "What a trace holds: header, operators by pass, MACs, parameters, tensors");
  command->footer(
      "Examples\n  lnsim trace info traces/bert-base-b2.jsonl\n"
      "  lnsim trace info traces/digits-cnn.jsonl --json | jq .macs");
  command->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] { info(*options, console); });
}

struct StatsOptions {
  std::string trace;
  std::vector<std::string> formats{"lns8g16", "lns8g8", "lns8g4",   "lns6g4",   "lns6g2", "lns5g1", "lns4g1",
                                   "int8",    "int4",   "fp8_e4m3", "fp8_e5m2", "fp16",   "bf16"};
  std::string underflow = "clamp";
  std::string svg;
  bool by_layer = false;
  bool json = false;
};

constexpr const char* kStatsFooter =
    R"(Kinds of tensors: weight, activation, error (gradient of a layer's output), gradient (of weights), output and
input_gradient (results of products), update_gradient (as the update takes it), optimizer_state, new_weight, and unused.
Each tensor is rounded to nearest at the one scale that the machine's quantiser would take for it. LNS formats keep a
code for zero; --underflow says what they make of magnitudes below their smallest code. No tensor is held in memory.

Examples
  lnsim trace stats traces/digits-cnn.jsonl
  lnsim trace stats traces/digits-cnn.jsonl --by-layer --formats lns8g8,fp8_e4m3
  lnsim trace stats traces/digits-cnn.jsonl --underflow flush --json | jq '.kinds[].dynamic_range_octaves'
  lnsim trace stats traces/digits-cnn.jsonl --svg digits.svg)";

void stats(const StatsOptions& options, Console& console) {
  std::vector<arith::FormatParameters> formats;
  for (const std::string& name : options.formats)
    formats.push_back(format_by_name(name, "reserved", options.underflow));
  const Trace trace = read_trace(options.trace);
  if (!options.svg.empty()) check_can_write(options.svg);
  const TraceStatistics statistics = trace_statistics(trace, formats, progress_on(console));
  if (!options.svg.empty()) write_file(options.svg, statistics_svg(trace, statistics));
  if (options.json) {
    console.out << statistics_json(trace, statistics, options.by_layer).dump(2) << "\n";
    return;
  }
  console.out << statistics_table(statistics, options.by_layer ? statistics.layers : statistics.roles);
  if (!options.svg.empty()) console.out << fmt::format("\nWritten: {}\n", options.svg);
}

void add_stats(CLI::App& app, Console& console) {
  const auto options = std::make_shared<StatsOptions>();
  CLI::App* command = app.add_subcommand(
      "stats", "Distribution of the recorded values, and the SNR of number formats on them");
  command->footer(kStatsFooter);
  command->add_option("trace", options->trace, "Layer trace with tensors (JSON Lines)")->required();
  command
      ->add_option("--formats", options->formats,
                   "Comma-separated list of lnsBgGAMMA, intB, eXmY, fp8_e4m3, fp8_e5m2, bf16, fp16, fp32")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--underflow", options->underflow, "LNS: clamp or flush")->capture_default_str();
  command->add_flag("--by-layer", options->by_layer, "A row per layer and kind of tensor");
  command->add_option("--svg", options->svg, "Picture to write: histograms with the formats' ranges");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] { stats(*options, console); });
}

struct CheckCommand {
  std::string trace;
  CheckOptions check;
  bool json = false;
};

constexpr const char* kCheckFooter =
    R"(Checks the manifest (shapes and MACs against closed formulas, references), then that every tensor is there, whole, of
the stated shape and type, and finite; then recomputes, in double precision, every product whose operands are recorded
(rounded as the header's `numerics` say) and the steps of Madam on weights stored in LNS. Prints every problem with its
line; of a manifest that cannot be read, the first 20. Exit code 0: no problem, 1: some. Held in memory: the operands and
the result of one product.

Examples
  lnsim trace check traces/digits-cnn.jsonl
  lnsim trace check mine.jsonl --tolerance 1e-3 --json | jq '.problems[]')";

void check(const CheckCommand& options, Console& console) {
  const Trace trace = read_trace(options.trace);
  const TraceCheck found = check_trace(trace, options.check, progress_on(console));
  console.out << (options.json ? check_json(trace, found, options.check).dump(2) + "\n"
                               : check_text(found, options.check));
  if (!found.problems.empty()) throw UserError(found.problems);
}

void add_check(CLI::App& app, Console& console) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App* command =
      app.add_subcommand("check", "Whether a trace is sound, and its results follow from its operands");
  command->footer(kCheckFooter);
  command->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  command
      ->add_option("--tolerance", options->check.tolerance,
                   "Largest error of a product, relative to its largest value")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] { check(*options, console); });
}

}  // namespace

void add_trace_command(CLI::App& app, Console& console) {
  CLI::App* command = app.add_subcommand("trace", "Look into a trace and its recorded values");
  command->footer(kFooter);
  command->require_subcommand(1);
  add_info(*command, console);
  add_stats(*command, console);
  add_check(*command, console);
}

}  // namespace lnsim
