#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "sim/base/errors.h"
#include "sim/run/report/text_table.h"
#include "sim/run/trace/trace.h"
#include "tools/import/pytorch.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/totals.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

struct ImportOptions {
  std::string format;
  std::string file;
  std::string out;
  std::size_t step = 0;
  bool json = false;
};

constexpr const char* kFooter = R"(Formats
  pytorch   execution trace of PyTorch's ExecutionGraphObserver or ExecutionTraceObserver (JSON, plain or gzip)

Examples
  lnsim import pytorch step.json.gz --out step.jsonl
  lnsim import pytorch step.json --step 2 --json | jq .macs

updated_parameters counts parameter tensors, updated_values their elements. `unmapped` names every compute operator that
the native trace leaves out.)";

Json summary(const ImportResult& result) {
  Json json = totals_json(result.totals);
  json["steps"] = result.steps;
  json["unmapped"] = Json::array();
  for (const auto& [name, count] : result.unmapped)
    json["unmapped"].push_back({{"operator", name}, {"count", count}});
  return json;
}

std::string text_of(const ImportResult& result) {
  std::string text = totals_table(result.totals);
  text += fmt::format("\n{} parameters updated, {} values; training steps in the file: {}\n",
                      grouped(result.totals.updated_parameters), grouped(result.totals.updated_values),
                      result.steps);
  if (result.unmapped.empty()) return text + "Every compute operator is mapped.\n";
  text += "Not mapped, left out of the trace:\n";
  for (const auto& [name, count] : result.unmapped) text += fmt::format("  {} ({} times)\n", name, count);
  return text;
}

void import(const ImportOptions& options, Console& console) {
  if (options.format != "pytorch") throw UserError(Diagnostic{{}, "format", options.format, "pytorch"});
  const ImportResult result = import_pytorch(options.file, PyTorchImportOptions{.step = options.step});
  if (!options.out.empty()) write_trace(result.trace, options.out);
  console.out << (options.json ? summary(result).dump(2) + "\n" : text_of(result));
  if (!options.json && !options.out.empty()) console.out << fmt::format("Written: {}\n", options.out);
}

}  // namespace

void add_import_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App* command = app.add_subcommand("import", "Make a native trace from another tool's file");
  command->footer(kFooter);
  command->add_option("format", options->format, "pytorch")->required();
  command->add_option("file", options->file, "The file, plain or gzip")->required();
  command->add_option("--out", options->out, "Native trace to write (NAME.jsonl)");
  command->add_option("--step", options->step, "Training step of the file, counted from 0");
  command->add_flag("--json", options->json, "Print the totals as one JSON object");
  command->callback([options, &console] { import(*options, console); });
}

}  // namespace lnsim
