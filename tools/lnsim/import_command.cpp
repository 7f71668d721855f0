#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/report/text_table.h"
#include "sim/run/trace/trace.h"
#include "tools/import/import.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/totals.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

struct ImportRequest {
  std::vector<std::string> arguments;  // [FORMAT] FILE
  std::string out;
  std::size_t step = 0;
  std::vector<std::string> dimensions;  // NAME=VALUE
  bool json = false;
};

constexpr std::int64_t kLargestDimension = std::int64_t{1} << 31;

std::string import_footer() {
  std::string text = "Formats (guessed when left out)\n";
  for (const ImportFormat& format : import_formats())
    text += fmt::format("  {:<9} {}\n", format.name, format.what);
  return text + R"(Files may be packed with gzip.

Examples
  lnsim import step.json.gz --out step.jsonl
  lnsim import pytorch step.json --step 2 --json | jq .macs
  lnsim import model.onnx --dim batch=8 --dim seq=128 --out model.jsonl

updated_parameters counts parameter tensors, updated_values their elements. `unmapped` names every compute operator that
the native trace leaves out, `notes` what the importer assumed.)";
}

Json summary(const ImportFormat& format, const ImportResult& result) {
  Json json = totals_json(result.totals);
  json["format"] = format.name;
  json["steps"] = result.steps;
  json["unmapped"] = Json::array();
  for (const auto& [name, count] : result.unmapped)
    json["unmapped"].push_back({{"operator", name}, {"count", count}});
  json["notes"] = result.notes;
  return json;
}

std::string text_of(const ImportFormat& format, const ImportResult& result) {
  std::string text = fmt::format("Read as {}: {}\n", format.name, format.what);
  text += totals_table(result.totals);
  text += fmt::format("\n{} parameters updated, {} values; training steps in the file: {}\n",
                      grouped(result.totals.updated_parameters), grouped(result.totals.updated_values),
                      result.steps);
  for (const std::string& note : result.notes) text += note + "\n";
  if (result.unmapped.empty()) return text + "Every compute operator is mapped.\n";
  text += "Not mapped, left out of the trace:\n";
  for (const auto& [name, count] : result.unmapped) text += fmt::format("  {} ({} times)\n", name, count);
  return text;
}

// One argument is the file. A format alone was meant to be followed by one.
const ImportFormat& format_of(const ImportRequest& request) {
  const std::string& first = request.arguments.front();
  if (request.arguments.size() == 2) return import_format(first, request.arguments.back());
  const auto formats = import_formats();
  const bool named = std::any_of(formats.begin(), formats.end(),
                                 [&](const ImportFormat& format) { return format.name == first; });
  if (named && !std::filesystem::exists(first)) {
    throw UserError(Diagnostic{
        {}, "file", fmt::format("only the format {}", first), fmt::format("lnsim import {} FILE", first)});
  }
  return import_format("", first);
}

std::map<std::string, std::int64_t> dimensions_of(const std::vector<std::string>& arguments) {
  std::map<std::string, std::int64_t> dimensions;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.rfind('=');
    const std::string digits = equals == std::string::npos ? "" : argument.substr(equals + 1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    if (equals == 0 || !whole || value < 1 || value > kLargestDimension) {
      throw UserError(Diagnostic{
          {}, "dim", argument, fmt::format("NAME=VALUE with a value from 1 to {}", kLargestDimension)});
    }
    if (!dimensions.emplace(argument.substr(0, equals), value).second) {
      throw UserError(Diagnostic{{}, "dim", argument, "each name once"});
    }
  }
  return dimensions;
}

void import(const ImportRequest& request, Console& console) {
  const ImportFormat& format = format_of(request);
  const ImportOptions options{.step = request.step, .dimensions = dimensions_of(request.dimensions)};
  const ImportResult result = import_trace(format, request.arguments.back(), options);
  if (!request.out.empty()) write_trace(result.trace, request.out);
  console.out << (request.json ? summary(format, result).dump(2) + "\n" : text_of(format, result));
  if (!request.json && !request.out.empty()) console.out << fmt::format("Written: {}\n", request.out);
}

}  // namespace

void add_import_command(CLI::App& app, Console& console) {
  const auto request = std::make_shared<ImportRequest>();
  CLI::App* command = app.add_subcommand("import", "Make a native trace from another tool's file");
  command->footer(import_footer());
  command->add_option("file", request->arguments, "Format, if it is not to be guessed, and file")
      ->required()
      ->expected(1, 2)
      ->option_text("[FORMAT] FILE");
  command->add_option("--out", request->out, "Native trace to write (NAME.jsonl)");
  command->add_option("--step", request->step, "Training step of the file, counted from 0");
  command->add_option("--dim", request->dimensions, "Size of a dimension that the file leaves open")
      ->option_text("NAME=VALUE ...")
      ->take_all()
      ->expected(1);
  command->add_flag("--json", request->json, "Print the totals as one JSON object");
  command->callback([request, &console] { import(*request, console); });
}

}  // namespace lnsim
