#include <memory>
#include <ostream>

#include "sim/run/trace_tools/trace_diff.h"
#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

struct DiffOptions {
  std::string a, b;
  bool json = false;
};

constexpr const char* kDiffFooter =
    R"(- stands in A only, + in B only, ~ in both but differs. Operations are the same when layer, operator, pass, operand and
parameter are; tensors when their keys are. Tensors are compared value by value and read a block at a time. Where the
traces are from and the names of their tensor files make no difference.

Exit codes: 0 no difference, 1 some, or a trace that cannot be read.

Examples
  lnsim trace diff before.jsonl after.jsonl
  lnsim trace diff before.jsonl after.jsonl --json | jq '.tensors[].relative_max_difference')";

void diff(const DiffOptions& options, Console& console) {
  const Trace a = read_trace(options.a);
  const Trace b = read_trace(options.b);
  const TraceDiff found = diff_traces(a, b, progress_on(console));
  console.out << (options.json ? diff_json(a, b, found).dump(2) + "\n" : diff_text(found));
  // Says nothing more: a difference is no mistake.
  if (!found.equal()) throw CLI::RuntimeError(1);
}

}  // namespace

void add_trace_diff(CLI::App& app, Console& console) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "What differs between two traces, values included");
  command->footer(kDiffFooter);
  command->add_option("a", options->a, "Layer trace A (JSON Lines)")->required();
  command->add_option("b", options->b, "Layer trace B")->required();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] { diff(*options, console); });
}

}  // namespace lnsim
