// The forms of what a trace is.
#include <fmt/format.h>

#include "sim/run/report/text_table.h"
#include "sim/run/trace_tools/trace_info.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

std::string numerics_text(const TraceHeader& header) {
  std::string text;
  for (const auto& [kind, format] : header.numerics)
    text += fmt::format("{}{} LNS({}, {})", text.empty() ? "" : ", ", kind, format.first, format.second);
  if (!header.underflow.empty()) text += ", underflow: " + header.underflow;
  return text;
}

std::string header_text(const Trace& trace) {
  const TraceHeader& header = trace.header;
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<14} {}\n", name, value);
  };
  line("trace", trace.path.generic_string());
  line("format", header.format);
  line("model", header.model);
  line("source", header.source);
  line("tensors", header.tensors);
  line("numerics", numerics_text(header));
  if (header.learning_rate) line("learning rate", fmt::format("{}", *header.learning_rate));
  return text;
}

std::string operators_table(const TraceInfo& info) {
  std::vector<std::string> header{"operator"};
  header.insert(header.end(), kPassNames.begin(), kPassNames.end());
  TextTable table(header, 1);
  for (const OperatorCount& row : info.operators) {
    std::vector<std::string> cells{row.op};
    for (const std::uint64_t count : row.passes) cells.push_back(count == 0 ? "" : grouped(count));
    table.add(std::move(cells));
  }
  table.add_rule();
  std::vector<std::string> macs{"MACs"};
  for (std::size_t pass = 0; pass < kPassNames.size(); ++pass)
    macs.push_back(pass < info.totals.macs.size() ? grouped(info.totals.macs[pass]) : "");
  table.add(std::move(macs));
  return table.str();
}

std::string tensors_table(const TraceInfo& info) {
  TextTable table({"tensors of kind", "count", "values", "bytes"}, 1);
  for (const TensorCount& row : info.tensors) {
    table.add({std::string(kTensorRoleNames[static_cast<std::size_t>(row.role)]), grouped(row.tensors),
               grouped(row.values), grouped(row.bytes)});
  }
  return table.str();
}

std::uint64_t products(const TraceInfo& info) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : info.totals.products) sum += count;
  return sum;
}

}  // namespace

std::string info_table(const Trace& trace, const TraceInfo& info) {
  std::string text = header_text(trace) + "\n" + operators_table(info) + "\n";
  text += fmt::format("{} layers, {} operations; {} parameters updated, {} values\n", grouped(info.layers),
                      grouped(trace.operations.size()), grouped(info.totals.updated_parameters),
                      grouped(info.totals.updated_values));
  if (info.tensors.empty()) {
    text += "Shapes only: no values to replay\n";
  } else {
    text += fmt::format("Values of {} of {} products and {} of {} updates ({} with new weights)\n\n",
                        grouped(info.products_with_operands), grouped(products(info)),
                        grouped(info.updates_with_operands), grouped(info.totals.updated_parameters),
                        grouped(info.updates_with_results));
    text += tensors_table(info);
  }
  if (info.not_simulated.empty()) return text + "\nEvery operation can be simulated.\n";
  text += "\nCannot be simulated\n";
  for (const Diagnostic& what : info.not_simulated) text += "  " + what.message() + "\n";
  return text;
}

Json info_json(const Trace& trace, const TraceInfo& info) {
  const TraceHeader& header = trace.header;
  Json json{{"trace", trace.path.generic_string()},
            {"format", header.format},
            {"model", header.model},
            {"source", header.source},
            {"tensors_file", header.tensors}};
  json["numerics"] = Json::object();
  for (const auto& [kind, format] : header.numerics)
    json["numerics"][kind] = {{"bits", format.first}, {"gamma", format.second}};
  if (!header.underflow.empty()) json["numerics"]["underflow"] = header.underflow;
  json["learning_rate"] = header.learning_rate ? Json(*header.learning_rate) : Json(nullptr);
  json["layers"] = info.layers;
  json["operations"] = trace.operations.size();
  json["operators"] = Json::array();
  for (const OperatorCount& row : info.operators) {
    Json entry{{"operator", row.op}};
    for (std::size_t pass = 0; pass < row.passes.size(); ++pass) entry[kPassNames[pass]] = row.passes[pass];
    json["operators"].push_back(std::move(entry));
  }
  for (std::size_t pass = 0; pass < info.totals.macs.size(); ++pass) {
    json["macs"][kPassNames[pass]] = info.totals.macs[pass];
    json["products"][kPassNames[pass]] = info.totals.products[pass];
  }
  json["updated_parameters"] = info.totals.updated_parameters;
  json["updated_values"] = info.totals.updated_values;
  json["products_with_operands"] = info.products_with_operands;
  json["updates_with_operands"] = info.updates_with_operands;
  json["updates_with_results"] = info.updates_with_results;
  json["tensors"] = Json::array();
  for (const TensorCount& row : info.tensors) {
    json["tensors"].push_back({{"kind", kTensorRoleNames[static_cast<std::size_t>(row.role)]},
                               {"tensors", row.tensors},
                               {"values", row.values},
                               {"bytes", row.bytes}});
  }
  json["not_simulated"] = Json::array();
  for (const Diagnostic& what : info.not_simulated) json["not_simulated"].push_back(what.message());
  return json;
}

}  // namespace lnsim
