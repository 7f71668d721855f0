#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

constexpr const char* kTraceFooter = R"(Examples
  lnsim trace info traces/resnet50-b2.jsonl
  lnsim trace stats traces/digits-cnn.jsonl --svg digits.svg
  lnsim trace check traces/digits-cnn.jsonl
  lnsim trace diff before.jsonl after.jsonl
  lnsim trace cut traces/digits-cnn.jsonl --layers 'block1.*' --out block1.jsonl

`lnsim trace COMMAND --help` says more of each.)";

}  // namespace

void add_trace_command(CLI::App& app, Console& console) {
  CLI::App* command = app.add_subcommand("trace", "Look into a trace and its recorded values");
  command->footer(kTraceFooter);
  command->require_subcommand(1);
  add_trace_info(*command, console);
  add_trace_stats(*command, console);
  add_trace_check(*command, console);
  add_trace_diff(*command, console);
  add_trace_cut(*command, console);
}

}  // namespace lnsim
