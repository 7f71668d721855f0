#include "sim/run/sweep/sweep_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "sim/base/yaml_reader.h"
#include "sim/base/yaml_required.h"
#include "sim/run/sweep/axis_values.h"
#include "sim/run/sweep/expression.h"
#include "sim/run/sweep/metrics.h"
#include "sim/run/sweep/parameter_paths.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestGrid = std::uint64_t{1} << 62U;
constexpr std::uint64_t kLargestSearched = 10'000'000;  // one after the other (our choice)

class Reader {
 public:
  Reader(const YamlDocument& document, const fs::path& path)
      : root_(*document.root), report_(document), map_(root_, "", report_) {
    sweep_.path = path;
  }

  SweepFile read() {
    sweep_.name = required_text(map_, root_.mark, "name");
    if (const auto base = file(required(map_, root_.mark, "base", "a run config"), "base"))
      sweep_.base = *base;
    read_traces();
    sweep_.operands = file(map_.take("operands"), "operands");
    sweep_.reference = file(map_.take("reference"), "reference");
    sweep_.energy_table = file(map_.take("energy_table"), "energy_table");
    sweep_.characterised = file(map_.take("characterised"), "characterised");
    read_axes();
    read_constraints();
    read_objectives();
    read_search();
    map_.finish();
    report_.throw_if_any();
    return std::move(sweep_);
  }

 private:
  std::optional<fs::path> file(const YamlNode& node, const std::string& path) {
    const auto text = read_text(node, path, report_);
    if (!text) return std::nullopt;
    const fs::path found = sweep_.path.parent_path() / *text;
    std::error_code error;
    if (fs::is_regular_file(found, error)) return found.lexically_normal();
    report_.add(node.mark, path, *text, "the path of a file, relative to this file");
    return std::nullopt;
  }
  std::optional<fs::path> file(const YamlEntry* entry, const std::string& path) {
    return entry == nullptr ? std::nullopt : file(*entry->value, path);
  }

  // The items of a list, or nothing and a line in the report.
  std::vector<std::shared_ptr<const YamlNode>> items(const YamlEntry* entry, std::string_view what) {
    if (entry == nullptr) return {};
    const YamlNode& node = *entry->value;
    if (node.kind != YamlNode::Kind::list || node.items.empty())
      report_.add(node.mark, entry->key, shown(node), fmt::format("a list of {}", what));
    return node.items;
  }

  void read_traces() {
    const auto list = items(required(map_, root_.mark, "traces", "a list of traces"), "traces");
    for (std::size_t i = 0; i < list.size(); ++i)
      if (const auto trace = file(*list[i], fmt::format("traces[{}]", i))) sweep_.traces.push_back(*trace);
  }

  void read_axes() {
    const YamlEntry* entry = required(map_, root_.mark, "axes", "a list of axes");
    const auto list = items(entry, "axes");
    std::vector<std::string> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string path = fmt::format("axes[{}]", i);
      auto axis = read_axis(*list[i], path, report_);
      if (!axis) continue;
      for (const SweepTrack& track : axis->tracks)
        for (const std::string& parameter : track.paths) check_apart(parameter, seen, list[i]->mark, path);
      sweep_.axes.push_back(std::move(*axis));
    }
    std::uint64_t size = 1;
    for (const SweepAxis& axis : sweep_.axes) {
      if (size <= kLargestGrid / axis.size()) {
        size *= axis.size();
        continue;
      }
      report_.add(entry->mark, "axes", "a grid of more than 2^62 points", "fewer values");
      return;
    }
  }

  // Neither the same parameter twice nor one within a section that is another axis.
  void check_apart(const std::string& parameter, std::vector<std::string>& seen, const YamlMark& mark,
                   const std::string& path) {
    for (const std::string& other : seen) {
      if (other != parameter && !parameter.starts_with(other + ".") && !other.starts_with(parameter + "."))
        continue;
      report_.add(mark, path, fmt::format("{} beside {}", parameter, other), "every parameter on one axis");
      return;
    }
    seen.push_back(parameter);
  }

  bool is_expression(const YamlNode& node, const std::string& path) {
    const auto text = read_text(node, path, report_);
    if (!text) return false;
    try {
      Expression(*text, expression_names(sweep_.reference.has_value()));
      return true;
    } catch (const std::invalid_argument& error) {
      report_.add(node.mark, path, error.what(),
                  "an expression over parameters and metrics: lnsim sweep --names lists them");
      return false;
    }
  }

  void read_constraints() {
    const auto list = items(map_.take("constraints"), "expressions");
    for (std::size_t i = 0; i < list.size(); ++i)
      if (is_expression(*list[i], fmt::format("constraints[{}]", i)))
        sweep_.constraints.push_back(list[i]->text);
  }

  void read_objectives() {
    const auto list = items(required(map_, root_.mark, "objectives", "a list of objectives"), "objectives");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string path = fmt::format("objectives[{}]", i);
      YamlMap map(*list[i], path, report_);
      if (list[i]->kind != YamlNode::Kind::map) continue;
      const YamlEntry* minimise = map.take("minimise");
      const YamlEntry* maximise = map.take("maximise");
      const YamlEntry* name = map.take("name");
      map.finish();
      if ((minimise == nullptr) == (maximise == nullptr)) {
        report_.add(list[i]->mark, path, minimise == nullptr ? "neither minimise nor maximise" : "both",
                    "one of minimise and maximise, with an expression");
        continue;
      }
      const YamlEntry& goal = minimise == nullptr ? *maximise : *minimise;
      if (!is_expression(*goal.value, map.path_of(goal.key))) continue;
      SweepObjective objective{goal.value->text, goal.value->text, maximise != nullptr};
      if (name != nullptr)
        objective.name = read_text(*name->value, map.path_of("name"), report_).value_or("");
      for (const SweepObjective& other : sweep_.objectives)
        if (other.name == objective.name)
          report_.add(list[i]->mark, path, objective.name + " twice", "objectives with different names");
      sweep_.objectives.push_back(std::move(objective));
    }
  }

  void read_search() {
    const YamlEntry* entry = map_.take("search");
    if (entry == nullptr) return check_grid(root_.mark);
    YamlMap map(*entry->value, "search", report_);
    if (entry->value->kind != YamlNode::Kind::map) return;
    const auto kind = required_choice(map, entry->mark, "kind", kSearchKindNames);
    if (!kind) return;
    SweepSearch& search = sweep_.search;
    search.kind = static_cast<SearchKind>(*kind);
    const auto number = [&](std::string_view key, std::int64_t lowest, std::int64_t highest) {
      return static_cast<std::uint64_t>(
          required_integer(map, entry->mark, key, {lowest, highest}, "").value_or(lowest));
    };
    if (search.kind == SearchKind::grid) check_grid(entry->mark);
    if (search.kind == SearchKind::random) search.samples = number("samples", 1, kLargestSearched);
    if (search.kind == SearchKind::nsga2) {
      search.population = static_cast<std::uint32_t>(number("population", 4, 100'000));
      search.generations = static_cast<std::uint32_t>(number("generations", 1, 100'000));
    }
    if (search.kind != SearchKind::grid) search.seed = number("seed", 0, INT64_MAX);
    read_simulate(map, search);
    map.finish();
  }

  void read_simulate(YamlMap& map, SweepSearch& search) {
    if (const YamlEntry* simulate = map.take("simulate")) {
      const auto choice = read_choice(*simulate->value, map.path_of("simulate"), kSimulatedNames, report_);
      if (choice) search.simulate = static_cast<Simulated>(*choice);
    }
    const YamlEntry* margin = map.take("margin");
    if (margin == nullptr) return;
    const std::string path = map.path_of("margin");
    if (search.simulate == Simulated::all)
      report_.add(margin->mark, path, "a margin",
                  "none, because estimates are only made with simulate: front");
    const auto value = read_real(*margin->value, path, {0.0, 1.0}, "", report_);
    search.margin = value;
  }

  void check_grid(const YamlMark& mark) {
    if (sweep_.grid_size() <= kLargestSearched) return;
    report_.add(mark, "search.kind", fmt::format("grid, for {} points", sweep_.grid_size()),
                fmt::format("at most {} points, or random or nsga2", kLargestSearched));
  }

  const YamlNode& root_;
  YamlReport report_;
  YamlMap map_;
  SweepFile sweep_;
};

}  // namespace

std::uint64_t SweepFile::grid_size() const {
  std::uint64_t size = 1;
  for (const SweepAxis& axis : axes) size *= axis.size();
  return size;
}

std::vector<std::string> expression_names(bool with_reference) {
  std::vector<std::string> names = parameter_paths();
  for (const MetricRow& row : kMetrics) names.emplace_back(row.name);
  if (!with_reference) return names;
  for (const MetricRow& row : kMetrics)
    names.push_back(std::string(kReferencePrefix) + std::string(row.name));
  return names;
}

SweepFile read_sweep(const fs::path& path) {
  const YamlDocument document = read_yaml(path);
  return Reader(document, path).read();
}

}  // namespace lnsim
