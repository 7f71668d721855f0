#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "sim/base/output_file.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/energy/technology_scaling.h"
#include "sim/run/iteration.h"
#include "sim/run/report/energy_svg.h"
#include "sim/run/report/numeric_table.h"
#include "sim/run/report/report.h"
#include "sim/run/report/roofline_svg.h"
#include "sim/run/report/timeline.h"
#include "sim/run/trace/trace.h"
#include "sim/run/waveform.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

struct RunOptions {
  std::string config;
  std::string trace;
  std::string out;
  std::string next;
  std::string timeline;
  Cycle timeline_resolution = 0;  // 0: as fine as a file of moderate size allows
  std::string vcd;
  WaveformRequest waveform;
  std::string scale_node;
  double scale_voltage = 0.0;
  unsigned jobs = 0;
  bool exact_step = false;
  bool json = false;
  bool shapes_only = false;
  bool chain = false;
  bool numeric = false;
  bool all_rows = false;
};

constexpr const char* kRunFooter = R"(Examples
  lnsim run configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl
  lnsim run configs/accelerators/fp8-e4m3.yaml traces/bert-base-b2.jsonl --out out/bert
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --json | jq .totals
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --chain --out out/digits
  lnsim run configs/accelerators/fp32.yaml training-step100.jsonl --chain --next training-step101.jsonl
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --scale-node 7 --scale-voltage 0.7
  lnsim run configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl --timeline resnet50.json
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --vcd stem.vcd --vcd-window 100:300 --vcd-operation stem:forward

With --out DIR, DIR/report.json holds everything, DIR/layers.csv one row per layer and pass, DIR/roofline.svg every
product under the machine's roofline, DIR/energy_by_layer.svg and DIR/energy_flow.svg where the joules go. With --timeline FILE, ui.perfetto.dev or chrome://tracing shows what every
unit did when: one cycle is one microsecond there. With --vcd FILE, GTKWave shows the registers of every unit over some
cycles of one operation: one cycle is one nanosecond there.)";

void write_timeline(const RunOptions& options, const IterationResult& result,
                    const AcceleratorParameters& machine) {
  const Cycle resolution =
      options.timeline_resolution == 0 ? timeline_resolution(result) : options.timeline_resolution;
  write_file(options.timeline, timeline_json(result, machine, resolution));
}

// What the new weights are compared with beside the recorded ones.
struct Next {
  Trace trace;
  NextStep step;
  explicit Next(const std::string& path) : trace(read_trace(path)), step(trace) {}
};

IterationOptions iteration_options(const RunOptions& options, const Next* next) {
  IterationOptions iteration;
  if (next != nullptr) iteration.next = &next->step;
  if (options.shapes_only) iteration.values = Values::shapes_only;
  if (options.chain) iteration.values = Values::chained;
  if (!options.timeline.empty()) iteration.logs = Logs::kept;
  iteration.simulation.exact_step = options.exact_step;
  iteration.jobs = options.jobs;
  return iteration;
}

// Scaling is a question asked of one run, not a property of a machine: a config file would pass it on
// silently.
EnergyCosts costs_of(const RunOptions& options, const RunInputs& inputs, const RunConfig& config) {
  EnergyCosts costs = read_energy_table(inputs.energy_table_path, config.machine);
  if (options.scale_node.empty()) return costs;
  return scaled(std::move(costs), {options.scale_node, options.scale_voltage});
}

void run(const RunOptions& options, Console& console) {
  const RunConfig config = read_run_config(options.config);
  const RunInputs inputs{options.config, options.trace,
                         std::filesystem::path(options.config).parent_path() / config.energy_table};
  const EnergyCosts costs = costs_of(options, inputs, config);
  const Trace trace = read_trace(options.trace);
  if ((options.chain || options.numeric) && !trace.has_operands()) {
    throw UserError(Diagnostic{{options.trace},
                               options.chain ? "--chain" : "--numeric",
                               "a trace of shapes",
                               "one with recorded operands"});
  }
  const auto next = options.next.empty() ? nullptr : std::make_unique<const Next>(options.next);
  if (next && !next->step.continues(trace)) {
    throw UserError(Diagnostic{{options.next},
                               "--next",
                               "a trace without weights of the parameters that are updated",
                               "the next step of the same training"});
  }
  if (!options.out.empty()) make_folder(options.out);
  if (!options.timeline.empty()) check_can_write(options.timeline);
  std::optional<WaveformWindow> window;
  if (!options.vcd.empty()) {
    window = read_waveform_request(options.waveform, trace);
    check_can_write(options.vcd);
  }

  const IterationResult result =
      run_iteration(trace, config, costs, iteration_options(options, next.get()), progress_on(console));

  const bool numeric = options.numeric || options.chain || next;
  const auto json = [&] {
    const NumericDetail detail = numeric ? NumericDetail::full : NumericDetail::brief;
    return report_json(result, config, costs, trace, inputs, detail).dump(2) + "\n";
  };
  if (!options.out.empty()) {
    write_file(std::filesystem::path(options.out) / "report.json", json());
    write_file(std::filesystem::path(options.out) / "layers.csv", report_csv(result, config, costs));
    if (numeric) write_file(std::filesystem::path(options.out) / "numeric.csv", numeric_csv(result));
    write_file(std::filesystem::path(options.out) / "roofline.svg", roofline_svg(result, config.machine));
    write_file(std::filesystem::path(options.out) / "energy_by_layer.svg",
               energy_by_layer_svg(result, config.machine));
    write_file(std::filesystem::path(options.out) / "energy_flow.svg",
               energy_flow_svg(result, config.machine));
  }
  if (!options.timeline.empty()) write_timeline(options, result, config.machine);
  if (window) write_file(options.vcd, waveform(*window, trace, config, costs, result));
  if (options.json) {
    console.out << json();
    return;
  }
  console.out << report_table(result, config, costs,
                              options.all_rows ? TableRows::all : TableRows::layers_with_products);
  if (numeric) console.out << numeric_table(result);
  if (!options.out.empty())
    console.out << fmt::format(
        "\nWritten: {0}/report.json, {0}/layers.csv, {0}/roofline.svg, {0}/energy_by_layer.svg, "
        "{0}/energy_flow.svg\n",
        options.out);
  if (!options.out.empty() && numeric) console.out << fmt::format("Written: {}/numeric.csv\n", options.out);
  for (const std::string& file : {options.timeline, options.vcd}) {
    if (!file.empty()) console.out << fmt::format("\nWritten: {}\n", file);
  }
}

}  // namespace

void add_run_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "Replay a layer trace on an accelerator: cycles, energy, numeric error");
  command->footer(kRunFooter);
  command->add_option("config", options->config, "Run config (YAML)")->required();
  command->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  command->add_option("--out", options->out, "Folder for report.json, layers.csv and pictures (SVG)");
  CLI::Option* timeline =
      command->add_option("--timeline", options->timeline, "File for the timeline of every unit (Perfetto)");
  command
      ->add_option(
          "--timeline-resolution", options->timeline_resolution,
          "Cycles below which neighbouring slices are drawn together; 1 shows every cycle. Default: the "
          "finest power of two that keeps the file near 20 MB")
      ->needs(timeline)
      ->check(CLI::PositiveNumber);
  CLI::Option* vcd = command->add_option("--vcd", options->vcd,
                                         "File for a waveform of the registers of every unit (GTKWave)");
  CLI::Option* window = command->add_option("--vcd-window", options->waveform.window,
                                            "Cycles FROM:TO of the waveform, from the operation's first one");
  CLI::Option* operation =
      command->add_option("--vcd-operation", options->waveform.operation,
                          "Operation of the waveform: LAYER:PASS, or its number in the trace; default 0");
  vcd->needs(window);
  window->needs(vcd);
  operation->needs(vcd);
  command
      ->add_option("--jobs", options->jobs,
                   "Threads; the result does not depend on them. Default: one per core")
      ->check(CLI::PositiveNumber);
  command->add_flag(
      "--exact-step", options->exact_step,
      "Step every unit through every cycle on SystemC's kernel: the reference, with the same result");
  CLI::Option* node = command->add_option(
      "--scale-node", options->scale_node,
      fmt::format(
          "Carry the on-chip energies to another node by published equations, good to a factor of {}: {}",
          kScalingBand, fmt::join(node_names(), ", ")));
  CLI::Option* voltage =
      command->add_option("--scale-voltage", options->scale_voltage, "Supply voltage at that node, in V");
  node->needs(voltage);
  voltage->needs(node);
  command->add_flag("--json", options->json, "Print the report as one JSON object");
  CLI::Option* shapes =
      command->add_flag("--shapes-only", options->shapes_only, "Leave recorded operands aside");
  command
      ->add_flag(
          "--chain", options->chain,
          "Products take what the machine made before them instead of the recorded operands, as far as "
          "the trace says how values flow, up to the new weights; with --numeric, and says where it was cut")
      ->excludes(shapes);
  command
      ->add_option("--next", options->next,
                   "Trace of the recorded step after this one: its weights are compared with the new ones, "
                   "with --numeric")
      ->excludes(shapes);
  command
      ->add_flag("--numeric", options->numeric,
                 "Numeric error of every pass in a table, DIR/numeric.csv and with sign flips in the JSON")
      ->excludes(shapes);
  command->add_flag("--all", options->all_rows,
                    "Table with a row for every layer, also those without products");
  command->callback([options, &console] { run(*options, console); });
}

}  // namespace lnsim
