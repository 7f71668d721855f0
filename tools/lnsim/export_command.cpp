#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "sim/base/output_file.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/iteration.h"
#include "sim/run/report/text_table.h"
#include "sim/run/trace/operation_name.h"
#include "sim/run/trace/trace.h"
#include "tools/export/astra_sim.h"
#include "tools/export/dramsys.h"
#include "tools/export/scalesim.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

struct ExportOptions {
  std::string config;
  std::string trace;
  std::string out;
  std::string operation;
  unsigned jobs = 0;
  bool json = false;
};

constexpr const char* kExportFooter = R"(Formats
  scale-sim  products of a trace as SCALE-Sim topologies: PREFIX_fwd.csv, PREFIX_input_grad.csv, PREFIX_weight_grad.csv
  astra-sim  cycles of a run, per layer and pass, as a data-parallel workload of ASTRA-sim 1.0 (text)
  dramsys    DRAM requests of a run as an STL trace for DRAMSys

Examples
  lnsim export scale-sim traces/resnet50-b2.jsonl --out resnet50
  lnsim export astra-sim configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl --out resnet50.txt
  lnsim export dramsys configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --out digits.stl
  lnsim export dramsys configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl --operation conv2d_1:forward --out conv.stl)";

constexpr const char* kScaleSimFooter =
    R"(SCALE-Sim has no padding (inputs are as large as their windows), no dilation and no batch of convolutions: such
layers, and all gradients, are written as products. Groups and batches are channels that it runs one by one (DP in the
name). Operators without a product have no place; they are listed. `lnsim import PREFIX_fwd.csv` reads the three files.)";

constexpr const char* kAstraSimFooter =
    R"(A line per layer: cycles of the forward pass, the input gradient and the weight gradient, the bytes of its weight
gradients to be reduced over all workers, cycles of the weight update. The backward pass of an operator without a
product counts as input gradient; that of the first layer, which ASTRA-sim never runs, as weight gradient.)";

constexpr const char* kDramSysFooter =
    R"(A line per burst, in the cycle in which the DMA unit asks for it; the first line is the clkMhz for DRAMSys' tracesetup.
Every operation begins again at address 0. Writes carry no data (StoreMode NoStorage). A whole iteration of ResNet-50
of two images is 390 MB; --operation takes one operation.)";

struct Inputs {
  RunConfig config;
  EnergyCosts costs;
  Trace trace;
};

Inputs read_inputs(const ExportOptions& options) {
  Inputs inputs{read_run_config(options.config), {}, {}};
  const std::filesystem::path table =
      std::filesystem::path(options.config).parent_path() / inputs.config.energy_table;
  inputs.costs = read_energy_table(table, inputs.config.machine);
  inputs.trace = read_trace(options.trace);
  return inputs;
}

void print(const ExportOptions& options, const Json& json, const std::string& text, Console& console) {
  console.out << (options.json ? json.dump(2) + "\n" : text);
}

void export_to_scalesim(const ExportOptions& options, Console& console) {
  const ScaleSimExport exported = export_scalesim(read_trace(options.trace));
  Json json{{"files", Json::array()}, {"left_out", Json::array()}};
  std::string text;
  for (const ScaleSimTopology& file : exported.files) {
    const std::string path = options.out + file.ending;
    write_file(path, file.text);
    json["files"].push_back({{"file", path}, {"layers", file.rows}, {"macs", file.macs}});
    text += fmt::format("Written: {}: {} layers, {} MACs\n", path, grouped(file.rows), grouped(file.macs));
  }
  if (!exported.left_out.empty()) text += "Left out, because SCALE-Sim has products only:\n";
  for (const auto& [name, count] : exported.left_out) {
    json["left_out"].push_back({{"operator", name}, {"count", count}});
    text += fmt::format("  {} ({} times)\n", name, count);
  }
  print(options, json, text, console);
}

void export_to_astra_sim(const ExportOptions& options, Console& console) {
  const Inputs inputs = read_inputs(options);
  check_can_write(options.out);
  const IterationResult result =
      run_iteration(inputs.trace, inputs.config, inputs.costs,
                    {.values = Values::shapes_only, .jobs = options.jobs}, progress_on(console));
  write_file(options.out, astra_sim_workload(result, inputs.trace, inputs.config));
  print(options, {{"file", options.out}, {"cycles", result.run.cycles}},
        fmt::format("Written: {}: {} cycles\n", options.out, grouped(result.run.cycles)), console);
}

void export_to_dramsys(const ExportOptions& options, Console& console) {
  const Inputs inputs = read_inputs(options);
  std::optional<std::size_t> operation;
  if (!options.operation.empty()) operation = operation_named(inputs.trace, options.operation, "--operation");
  OutputFile file(options.out);
  const DramTraceTotals totals = write_dramsys_trace(file.stream(), inputs.trace, inputs.config, inputs.costs,
                                                     operation, progress_on(console));
  file.commit();
  print(
      options,
      {{"file", options.out}, {"reads", totals.reads}, {"writes", totals.writes}, {"cycles", totals.cycles}},
      fmt::format("Written: {}: {} reads and {} writes in {} cycles\n", options.out, grouped(totals.reads),
                  grouped(totals.writes), grouped(totals.cycles)),
      console);
}

CLI::App* add_format(CLI::App& command, const char* name, const char* what, const char* footer,
                     ExportOptions& options) {
  CLI::App* format = command.add_subcommand(name, what);
  format->footer(footer);
  format->add_option("--out", options.out, "File to write")->required();
  format->add_flag("--json", options.json, "Print what was written as one JSON object");
  return format;
}

}  // namespace

void add_export_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write a trace or a run for other simulators");
  command->footer(kExportFooter);
  command->require_subcommand(1);

  CLI::App* scalesim = add_format(*command, "scale-sim", "Products of a trace as SCALE-Sim topologies (CSV)",
                                  kScaleSimFooter, *options);
  scalesim->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  scalesim->get_option("--out")->description("PREFIX of the files");
  scalesim->callback([options, &console] { export_to_scalesim(*options, console); });

  CLI::App* astra_sim = add_format(*command, "astra-sim", "Cycles per layer and pass for ASTRA-sim (text)",
                                   kAstraSimFooter, *options);
  CLI::App* dramsys =
      add_format(*command, "dramsys", "DRAM requests for DRAMSys (STL)", kDramSysFooter, *options);
  for (CLI::App* format : {astra_sim, dramsys}) {
    format->add_option("config", options->config, "Run config (YAML)")->required();
    format->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  }
  astra_sim->add_option("--jobs", options->jobs, "Threads. Default: one per core")
      ->check(CLI::PositiveNumber);
  astra_sim->callback([options, &console] { export_to_astra_sim(*options, console); });
  dramsys->add_option("--operation", options->operation,
                      "Only this operation: LAYER:PASS, or its number in the trace");
  dramsys->callback([options, &console] { export_to_dramsys(*options, console); });
}

}  // namespace lnsim
