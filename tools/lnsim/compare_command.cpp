#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
#include "sim/base/value_range.h"
#include "sim/run/compare/comparison_report.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

struct CompareOptions {
  std::string config;
  std::string trace;
  std::vector<std::string> datapaths{"lns", "fp8_e4m3", "int8", "bf16", "fp16", "fp32"};
  std::string held = "elements";
  std::string characterised;
  std::string out;
  unsigned jobs = 0;
  bool json = false;
};

constexpr const char* kCompareFooter =
    R"(A datapath brings its usual formats and optimizer with it: those of configs/accelerators. The one that the config has stays
as the config describes it. Ratios are to the first datapath given.

Examples
  lnsim compare configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl
  lnsim compare configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --datapaths fp32,lns --held bytes
  lnsim compare configs/accelerators/lns-madam.yaml traces/bert-base-b2.jsonl --out out/compare

With --out DIR, DIR/comparison.json holds everything, DIR/comparison.csv a row per view and datapath, and
DIR/energy_equal_lanes.svg (with areas also DIR/energy_equal_area.svg) a bar per datapath, cut by component.)";

ComparisonOptions comparison_options(const CompareOptions& options) {
  ComparisonOptions comparison;
  std::vector<Diagnostic> mistakes;
  for (const std::string& name : options.datapaths) {
    const auto found = std::find(arith::kDatapathKindNames.begin(), arith::kDatapathKindNames.end(), name);
    if (found == arith::kDatapathKindNames.end()) {
      mistakes.push_back({{}, "--datapaths", name, range_text(ChoiceNames(arith::kDatapathKindNames))});
      continue;
    }
    const auto kind = static_cast<arith::DatapathKind>(found - arith::kDatapathKindNames.begin());
    if (std::count(comparison.datapaths.begin(), comparison.datapaths.end(), kind) != 0)
      mistakes.push_back({{}, "--datapaths", name + " twice", "each datapath once"});
    comparison.datapaths.push_back(kind);
  }
  const auto held = std::find(kSizesHeldNames.begin(), kSizesHeldNames.end(), options.held);
  if (held == kSizesHeldNames.end()) {
    mistakes.push_back({{}, "--held", options.held, range_text(ChoiceNames(kSizesHeldNames))});
  } else {
    comparison.held = static_cast<SizesHeld>(held - kSizesHeldNames.begin());
  }
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
  if (!options.characterised.empty())
    comparison.characterisation = read_characterisation(options.characterised);
  comparison.jobs = options.jobs;
  return comparison;
}

void write_files(const CompareOptions& options, const Comparison& comparison, const std::string& json,
                 Console& console) {
  const std::filesystem::path folder(options.out);
  std::vector<std::pair<std::string, std::string>> files{
      {"comparison.json", json},
      {"comparison.csv", comparison_csv(comparison)},
      {"energy_equal_lanes.svg", comparison_svg(comparison.equal_lanes, "equal lanes")}};
  if (!comparison.equal_area.empty())
    files.emplace_back("energy_equal_area.svg",
                       comparison_svg(comparison.equal_area, "equal area of the lanes"));
  std::vector<std::string> written;
  for (const auto& [name, content] : files) {
    write_file(folder / name, content);
    written.push_back((folder / name).generic_string());
  }
  if (!options.json) console.out << fmt::format("\nWritten: {}\n", fmt::join(written, ", "));
}

void compare(const CompareOptions& options, Console& console) {
  const ComparisonOptions comparison_of = comparison_options(options);
  const RunConfig config = read_run_config(options.config);
  const ComparisonInputs inputs{options.config, options.trace,
                                std::filesystem::path(options.config).parent_path() / config.energy_table,
                                options.characterised};
  const Trace trace = read_trace(options.trace);
  if (!options.out.empty()) make_folder(options.out);
  const Comparison comparison =
      compare_datapaths(trace, config, options.config, comparison_of, progress_on(console));
  const std::string json = comparison_json(comparison, comparison_of, inputs).dump(2) + "\n";
  console.out << (options.json ? json : comparison_table(comparison, comparison_of));
  if (!options.out.empty()) write_files(options, comparison, json, console);
}

}  // namespace

void add_compare_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* command =
      app.add_subcommand("compare", "Replay a trace on the same machine with several datapaths: ratios");
  command->footer(kCompareFooter);
  command->add_option("config", options->config, "Run config (YAML)")->required();
  command->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  command
      ->add_option("--datapaths", options->datapaths,
                   fmt::format("Comma-separated list of {}", fmt::join(arith::kDatapathKindNames, ", ")))
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option(
          "--held", options->held,
          "What wider operands leave as it is: elements (buffers, ports and buses grow with the format) or "
          "bytes")
      ->capture_default_str();
  command->add_option("--characterised", options->characterised,
                      "Gate-level areas (YAML); with them also a comparison at equal area of the lanes");
  command->add_option("--out", options->out, "Folder for comparison.json, comparison.csv and pictures (SVG)");
  command
      ->add_option("--jobs", options->jobs,
                   "Threads; the result does not depend on them. Default: one per core")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->json, "Print the comparison as one JSON object");
  command->callback([options, &console] { compare(*options, console); });
}

}  // namespace lnsim
