#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "sim/run/report/text_table.h"
#include "sim/run/workload/workload.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/totals.h"

namespace lnsim {
namespace {

struct WorkloadCommandOptions {
  std::string model;
  std::string out;
  WorkloadOptions workload;
  bool json = false;
};

constexpr const char* kExamples = R"(
The head `vocabulary` scores every word at every token and has a cross entropy; with `none` the backward pass starts
with a given gradient of the last layer's output. BERT's head has its own weights, GPT's shares the embedding table.

Examples
  lnsim workload resnet50 --batch 2 --out resnet50.jsonl
  lnsim workload bert-large --head none --out bert-large.jsonl
  lnsim workload gpt --size 1t --out gpt-1t.jsonl
  lnsim workload gpt --layers 2 --hidden 512 --heads 8 --seq 256 --json | jq .macs)";

std::string workload_footer() {
  std::string text = "Models, and what stands for options not given (--batch 1)\n";
  for (const WorkloadModel& model : workload_models()) {
    text += fmt::format("  {:<11} {}", model.name, model.what);
    const WorkloadShape& d = model.defaults;
    if (model.input == Input::tokens) {
      text += fmt::format("; {} layers, hidden {}, {} heads, {} words", d.layers, d.hidden, d.heads, d.vocab);
    }
    text += '\n';
    for (const WorkloadSize& size : model.sizes) {
      text += fmt::format("    {:<9} {} layers, hidden {}, {} heads\n", size.name, size.layers, size.hidden,
                          size.heads);
    }
  }
  return text + kExamples;
}

std::string text_of(const Workload& workload) {
  return fmt::format("{}\n{} lines; {} parameters updated, {} values\n", totals_table(workload.totals),
                     grouped(workload.trace.operations.size()), grouped(workload.totals.updated_parameters),
                     grouped(workload.totals.updated_values));
}

void generate(const WorkloadCommandOptions& options, Console& console) {
  const Workload workload = make_workload(options.model, options.workload);
  if (!options.out.empty()) write_trace(workload.trace, options.out);
  console.out << (options.json ? totals_json(workload.totals).dump(2) + "\n" : text_of(workload));
  if (!options.json && !options.out.empty()) console.out << fmt::format("Written: {}\n", options.out);
}

}  // namespace

void add_workload_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<WorkloadCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "workload", "Generate the training iteration of a well-known network from its sizes");
  command->footer(workload_footer());
  command->add_option("model", options->model, "The network, see below")->required();
  for (const WorkloadExtent& extent : workload_extents()) {
    command->add_option(fmt::format("--{}", extent.name), options->workload.*extent.given,
                        std::string(extent.what));
  }
  command->add_option("--size", options->workload.size, "Published member of a family, see below");
  command->add_option("--head", options->workload.head, "vocabulary (default) or none");
  command->add_option("--out", options->out, "Native trace to write (NAME.jsonl)");
  command->add_flag("--json", options->json, "Print the totals as one JSON object");
  command->callback([options, &console] { generate(*options, console); });
}

}  // namespace lnsim
