#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "sim/base/errors.h"
#include "sim/base/value_range.h"
#include "sim/run/trace_tools/trace_cut.h"
#include "tools/lnsim/trace_command.h"

namespace lnsim {
namespace {

struct CutCommand {
  std::string trace;
  std::vector<std::string> layers;
  std::vector<std::string> passes;
  std::string operations;
  std::string out;
  bool json = false;
};

constexpr const char* kCutFooter =
    R"(Keeps the operations that are in all of the layers, passes and operations given, with the tensors that they name, packed
as they were. A native trace is one training step; --operations takes a part of it, counted from 0.

Examples
  lnsim trace cut traces/digits-cnn.jsonl --layers stem --out stem.jsonl
  lnsim trace cut traces/digits-cnn.jsonl --layers 'block1.*,fc' --passes forward,weight_update --out part.jsonl
  lnsim trace cut traces/resnet50-b2.jsonl --operations 0:9 --out start.jsonl)";

std::vector<Pass> passes_by_name(const std::vector<std::string>& names) {
  std::vector<Pass> passes;
  for (const std::string& name : names) {
    const auto found = std::find(kPassNames.begin(), kPassNames.end(), name);
    if (found == kPassNames.end())
      throw UserError(Diagnostic{{}, "--passes", name, range_text(ChoiceNames(kPassNames))});
    passes.push_back(static_cast<Pass>(found - kPassNames.begin()));
  }
  return passes;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> range_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::pair<std::uint64_t, std::uint64_t> range;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == ':') {
    const auto last = std::from_chars(first.ptr + 1, end, range.second);
    if (last.ec == std::errc() && last.ptr == end && range.first <= range.second) return range;
  }
  throw UserError(Diagnostic{{}, "--operations", text, "FIRST:LAST, such as 0:9"});
}

nlohmann::ordered_json cut_json(const CutResult& result) {
  nlohmann::ordered_json json{{"operations", result.operations}, {"tensors", result.tensors}};
  json["weights_without_storage"] = result.weights_without_storage;
  json["written"] = nlohmann::ordered_json::array();
  for (const auto& path : result.written) json["written"].push_back(path.generic_string());
  return json;
}

std::string cut_text(const CutResult& result, const Trace& trace) {
  std::string text = fmt::format("{} of {} operations, {} of {} tensors\n", result.operations,
                                 trace.operations.size(), result.tensors, trace.tensors.size());
  if (!result.weights_without_storage.empty()) {
    text += fmt::format(
        "The storage format of {} stands in update lines that are cut away: products will round "
        "them otherwise (keep pass weight_update)\n",
        fmt::join(result.weights_without_storage, ", "));
  }
  std::vector<std::string> written;
  for (const auto& path : result.written) written.push_back(path.generic_string());
  return text + fmt::format("Written: {}\n", fmt::join(written, ", "));
}

void cut(const CutCommand& options, Console& console) {
  const CutOptions what{options.layers, passes_by_name(options.passes), range_of(options.operations)};
  const Trace trace = read_trace(options.trace);
  const CutResult result = cut_trace(trace, what, options.out);
  console.out << (options.json ? cut_json(result).dump(2) + "\n" : cut_text(result, trace));
}

}  // namespace

void add_trace_cut(CLI::App& app, Console& console) {
  const auto options = std::make_shared<CutCommand>();
  CLI::App* command = app.add_subcommand("cut", "Write a part of a trace as a trace of its own");
  command->footer(kCutFooter);
  command->add_option("trace", options->trace, "Layer trace (JSON Lines)")->required();
  command->add_option("--layers", options->layers, "Comma-separated names or patterns such as 'block1.*'")
      ->delimiter(',');
  command
      ->add_option("--passes", options->passes,
                   fmt::format("Comma-separated list of {}", fmt::join(kPassNames, ", ")))
      ->delimiter(',');
  command->add_option("--operations", options->operations, "FIRST:LAST, counted from 0");
  command->add_option("--out", options->out, "Native trace to write (NAME.jsonl; tensors go to NAME.npz)")
      ->required();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] { cut(*options, console); });
}

}  // namespace lnsim
