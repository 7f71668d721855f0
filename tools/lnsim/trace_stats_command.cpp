#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "sim/base/output_file.h"
#include "sim/run/trace_tools/statistics_report.h"
#include "tools/lnsim/format_name.h"
#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

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
input_gradient (results of products), update_gradient (as the update takes it), optimizer_state, new_weight, and other.
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

}  // namespace

void add_trace_stats(CLI::App& app, Console& console) {
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

}  // namespace lnsim
