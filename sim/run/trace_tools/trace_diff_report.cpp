// The forms of what differs between two traces.
#include <fmt/format.h>

#include <array>

#include "sim/run/trace_tools/trace_diff.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<char, 3> kMarks{'-', '+', '~'};  // index: Change
constexpr std::array<std::string_view, 3> kChangeNames{"removed", "added", "changed"};

char mark(Change change) {
  return kMarks[static_cast<std::size_t>(change)];
}

std::string_view pass_name(Pass pass) {
  return kPassNames[static_cast<std::size_t>(pass)];
}

std::string value_text(const Json& value) {
  return value.is_null() ? "nothing" : value.dump();
}

std::string values_text(const std::vector<ChangedValue>& values) {
  std::string text;
  for (const ChangedValue& value : values)
    text += fmt::format("      {}: {} -> {}\n", value.path, value_text(value.a), value_text(value.b));
  return text;
}

std::string figures_text(const ErrorFigures& figures) {
  const auto relative = figures.relative_max_error();
  return fmt::format("      {} of {} values differ, by up to {:.3g}{}\n", figures.differing, figures.values,
                     figures.max_error,
                     relative ? fmt::format(", {:.3g} of the largest magnitude", *relative) : "");
}

Json values_json(const std::vector<ChangedValue>& values) {
  Json json = Json::array();
  for (const ChangedValue& value : values)
    json.push_back({{"path", value.path}, {"a", value.a}, {"b", value.b}});
  return json;
}

Json tensor_json(const TensorChange& tensor) {
  Json json{{"tensor", tensor.key},
            {"change", kChangeNames[static_cast<std::size_t>(tensor.change)]},
            {"values", values_json(tensor.values)}};
  if (!tensor.figures) return json;
  const auto relative = tensor.figures->relative_max_error();
  json["elements"] = tensor.figures->values;
  json["differing_elements"] = tensor.figures->differing;
  json["max_difference"] = tensor.figures->max_error;
  json["relative_max_difference"] = relative ? Json(*relative) : Json(nullptr);
  return json;
}

}  // namespace

std::string diff_text(const TraceDiff& diff) {
  if (diff.equal()) return "No difference.\n";
  std::string text;
  if (!diff.header.empty()) text += "~ header\n" + values_text(diff.header);
  for (const OperationChange& op : diff.operations) {
    text += fmt::format("{} {} {} {}\n", mark(op.change), op.layer, op.op, pass_name(op.pass));
    text += values_text(op.values);
  }
  if (diff.reordered) text += "~ operations stand in another order\n";
  for (const TensorChange& tensor : diff.tensors) {
    text += fmt::format("{} tensor {}\n", mark(tensor.change), tensor.key) + values_text(tensor.values);
    if (tensor.figures && tensor.figures->differing > 0) text += figures_text(*tensor.figures);
  }
  return text +
         fmt::format("{} operations and {} tensors differ\n", diff.operations.size(), diff.tensors.size());
}

Json diff_json(const Trace& a, const Trace& b, const TraceDiff& diff) {
  Json json{{"a", a.path.generic_string()}, {"b", b.path.generic_string()}, {"equal", diff.equal()}};
  json["header"] = values_json(diff.header);
  json["operations"] = Json::array();
  for (const OperationChange& op : diff.operations) {
    json["operations"].push_back({{"layer", op.layer},
                                  {"operator", op.op},
                                  {"pass", pass_name(op.pass)},
                                  {"change", kChangeNames[static_cast<std::size_t>(op.change)]},
                                  {"values", values_json(op.values)}});
  }
  json["reordered"] = diff.reordered;
  json["tensors"] = Json::array();
  for (const TensorChange& tensor : diff.tensors) json["tensors"].push_back(tensor_json(tensor));
  return json;
}

}  // namespace lnsim
