#include <memory>
#include <ostream>

#include "sim/run/trace_tools/trace_check.h"
#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

struct CheckCommand {
  std::string trace;
  CheckOptions check;
  bool json = false;
};

constexpr const char* kCheckFooter =
    R"(Checks the manifest (shapes and MACs against closed formulas, references), the digests that its header has, and that
every tensor is there, whole, of the stated shape and type, and finite; then recomputes in double precision every product
whose operands are recorded (rounded as the header's `numerics` say) and the steps of Madam on weights stored in LNS, of
SGD and of Adam. Prints every problem with its line; of a manifest that cannot be read, the first 20. Half-precision
arithmetic needs a larger --tolerance. Held in memory: the operands and the result of one product.

Exit codes: 0 no problem, 1 some.

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

}  // namespace

void add_trace_check(CLI::App& app, Console& console) {
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

}  // namespace lnsim
