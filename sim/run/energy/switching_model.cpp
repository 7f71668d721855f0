#include "sim/run/energy/switching_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "sim/base/value_range.h"
#include "sim/base/yaml_reader.h"
#include "sim/base/yaml_required.h"
#include "sim/run/energy/figure.h"
#include "sim/run/energy/product_octaves.h"

namespace lnsim {
namespace {

constexpr RealRange kCoefficientRange{0.0, 1e9};
constexpr RealRange kErrorRange{0.0, 0.99};
constexpr IntegerRange kStreamRange{1, 1'000'000};
constexpr IntegerRange kTableRange{1, 2048, true};

void read_coefficients(YamlMap& model, const YamlMark& mark, std::string_view key,
                       SwitchingCoefficients& coefficients) {
  const YamlEntry* entry = required(model, mark, key, "a map from counts to fJ");
  if (entry == nullptr) return;
  YamlMap map(*entry->value, model.path_of(key), model.report());
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    const std::string_view name = arith::kSwitchingNames[i];
    const YamlEntry* found = map.take(name);
    if (found == nullptr) continue;
    coefficients[i] =
        read_real(*found->value, map.path_of(name), kCoefficientRange, "fJ", map.report()).value_or(0.0);
  }
  map.finish();
}

void read_error(YamlMap& model, const YamlMark& mark, HeldOutError& error) {
  const YamlEntry* entry = required(model, mark, "held_out_error", "a map of mean, worst and streams");
  if (entry == nullptr) return;
  YamlMap map(*entry->value, model.path_of("held_out_error"), model.report());
  if (entry->value->kind != YamlNode::Kind::map) return;
  const auto mean = required_real(map, entry->mark, "mean", kErrorRange, "");
  const auto worst = required_real(map, entry->mark, "worst", kErrorRange, "");
  const auto streams = required_integer(map, entry->mark, "streams", kStreamRange, "");
  map.finish();
  if (!mean || !worst || !streams) return;
  if (*mean > *worst) {
    model.report().add(entry->mark, map.path_of("mean"), fmt::format("{}", *mean),
                       fmt::format("at most {}, the worst", *worst));
  }
  error = {*mean, *worst, static_cast<std::uint32_t>(*streams)};
}

SwitchingModel read_model(const YamlNode& node, const std::string& path, bool is_lns, YamlReport& report) {
  YamlMap map(node, path, report);
  SwitchingModel model;
  if (node.kind != YamlNode::Kind::map) return model;
  if (is_lns) {
    const auto entries = required_integer(map, node.mark, "table_entries", kTableRange, "");
    model.table_entries = static_cast<unsigned>(entries.value_or(0));
    model.product_octaves = read_product_octaves(map);
  } else {
    map.exclude("table_entries", "lns");
    map.exclude("product_octaves", "lns");
  }
  read_coefficients(map, node.mark, "lane", model.lane);
  read_coefficients(map, node.mark, "collector", model.collector);
  read_error(map, node.mark, model.held_out_error);
  model.uncertainty = {1.0 / (1.0 + model.held_out_error.worst), 1.0 / (1.0 - model.held_out_error.worst)};
  model.operand_class = required_text(map, node.mark, "operand_class");
  const auto basis = required_choice(map, node.mark, "basis", std::span(kBasisNames).first(kWrittenBases));
  if (basis) model.basis = static_cast<Basis>(*basis);
  model.source = read_source(map, node.mark).value_or("");
  map.finish();
  return model;
}

std::vector<SwitchingModel> read_models(const YamlNode& node, const std::string& path, bool is_lns,
                                        YamlReport& report) {
  std::vector<SwitchingModel> models;
  if (node.kind != YamlNode::Kind::list) {
    report.add(node.mark, path, shown(node), "a list of models");
    return models;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string item = fmt::format("{}[{}]", path, i);
    SwitchingModel model = read_model(*node.items[i], item, is_lns, report);
    const bool is_second = std::any_of(models.begin(), models.end(), [&](const SwitchingModel& earlier) {
      return earlier.table_entries == model.table_entries &&
             may_be_the_same_octaves(earlier.product_octaves, model.product_octaves);
    });
    if (is_second && !report.mentions(item)) {
      report.add(
          node.items[i]->mark, item, "a second model",
          is_lns ? fmt::format("one for {} table entries", model.table_entries) : "one for this datapath");
    }
    models.push_back(std::move(model));
  }
  return models;
}

}  // namespace

double switching_pj(const SwitchingCoefficients& coefficients, const arith::SwitchingCounts& counts) {
  double fj = 0.0;
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    fj += coefficients[i] * static_cast<double>(counts.counts[i]);
  return fj / 1000.0;
}

SwitchingSection read_switching_section(const YamlNode& node, const std::string& path, YamlReport& report) {
  SwitchingSection section;
  YamlMap map(node, path, report);
  for (std::size_t kind = 0; kind < section.size(); ++kind) {
    const std::string_view name = arith::kDatapathKindNames[kind];
    const YamlEntry* entry = map.take(name);
    if (entry == nullptr) continue;
    const bool is_lns = kind == static_cast<std::size_t>(arith::DatapathKind::lns);
    section[kind] = read_models(*entry->value, map.path_of(name), is_lns, report);
  }
  map.finish();
  return section;
}

std::optional<SwitchingModel> model_of(const std::vector<SwitchingModel>& models,
                                       const AcceleratorParameters& machine) {
  const bool is_lns = machine.datapath.kind == arith::DatapathKind::lns;
  const std::optional<double> octaves = product_octaves(machine);
  for (const SwitchingModel& model : models) {
    if (!is_lns || (model.table_entries == machine.datapath.table_entries &&
                    may_be_the_same_octaves(model.product_octaves, octaves)))
      return model;
  }
  return std::nullopt;
}

}  // namespace lnsim
