#include <memory>
#include <ostream>

#include "sim/run/trace_tools/trace_info.h"
#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

struct InfoOptions {
  std::string trace;
  bool json = false;
};

void info(const InfoOptions& options, Console& console) {
  const Trace trace = read_trace(options.trace);
  const TraceInfo found = trace_info(trace);
  console.out << (options.json ? info_json(trace, found).dump(2) + "\n" : info_table(trace, found));
}

}  // namespace

void add_trace_info(CLI::App& app, Console& console) {
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

}  // namespace lnsim
