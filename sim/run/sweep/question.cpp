#include "sim/run/sweep/question.h"

#include <fmt/format.h>

#include <set>

#include "sim/base/errors.h"
#include "sim/run/report/provenance.h"
#include "sim/run/sweep/design.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

std::string program() {
  return fmt::format("lnsim {} ({})", version(), commit());
}

// The manifest and, where operands count, the tensors.
std::vector<fs::path> files_of(const Trace& trace, bool with_tensors) {
  std::vector<fs::path> files{trace.path};
  if (!with_tensors) return files;
  const fs::path folder = trace.path.parent_path();
  if (!trace.header.tensors.empty()) files.push_back(folder / trace.header.tensors);
  for (const auto& [key, tensor] : trace.tensors)
    if (!tensor.file.empty()) files.push_back(folder / tensor.file);
  return files;
}

SweepTrace read_sweep_trace(const fs::path& path, bool with_tensors) {
  SweepTrace result{read_trace(path), ""};
  for (const fs::path& file : files_of(result.trace, with_tensors)) result.hash += file_hash(file);
  return result;
}

// Energy tables of the base, the reference and an axis; those that cannot be read fail with their points.
std::set<fs::path> energy_tables(const SweepFile& sweep) {
  std::set<fs::path> tables;
  if (sweep.energy_table) return {*sweep.energy_table};
  const auto add = [&](const fs::path& config, const std::string& table) {
    tables.insert((config.parent_path() / table).lexically_normal());
  };
  add(sweep.base, read_run_config(sweep.base).energy_table);
  if (sweep.reference) add(*sweep.reference, read_run_config(*sweep.reference).energy_table);
  for (const SweepAxis& axis : sweep.axes)
    for (const SweepTrack& track : axis.tracks)
      for (const std::string& path : track.paths)
        if (path == "energy_table")
          for (const auto& value : track.values) add(sweep.base, value->text);
  return tables;
}

nlohmann::ordered_json inputs_json(const SweepFile& sweep, const SweepInputs& read) {
  auto inputs = nlohmann::ordered_json::array();
  // By their names from the sweep file's folder: the same question wherever the folder stands.
  const auto add = [&](const fs::path& path) {
    const fs::path name = fs::absolute(path).lexically_relative(fs::absolute(sweep.path).parent_path());
    inputs.push_back({{"file", name.generic_string()}, {"sha256", file_hash(path)}});
  };
  add(sweep.base);
  for (const fs::path& trace : sweep.traces) add(trace);
  if (read.operands)
    for (const fs::path& file : files_of(read.operands->trace, true)) add(file);
  if (sweep.reference) add(*sweep.reference);
  if (sweep.characterised) add(*sweep.characterised);
  for (const fs::path& table : energy_tables(sweep)) {
    std::error_code error;
    if (!fs::is_regular_file(table, error)) continue;
    for (const fs::path& file : EnergyTable(table).paths()) add(file);
  }
  return inputs;
}

nlohmann::ordered_json axes_json(const SweepFile& sweep) {
  auto axes = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
    for (const SweepTrack& track : sweep.axes[i].tracks) {
      for (const std::string& path : track.paths) {
        auto values = nlohmann::ordered_json::array();
        for (std::uint32_t value = 0; value < sweep.axes[i].size(); ++value) {
          Design design(sweep.axes.size(), 0);
          design[i] = value;
          values.push_back(design_parameters(sweep, design).at(path));
        }
        axes.push_back({{"path", path}, {"axis", i}, {"values", std::move(values)}});
      }
    }
  }
  return axes;
}

nlohmann::ordered_json search_json(const SweepSearch& search) {
  nlohmann::ordered_json json{{"kind", kSearchKindNames[static_cast<std::size_t>(search.kind)]}};
  if (search.kind == SearchKind::random) json["samples"] = search.samples;
  if (search.kind == SearchKind::nsga2)
    json.update({{"population", search.population}, {"generations", search.generations}});
  if (search.kind != SearchKind::grid) json["seed"] = search.seed;
  if (search.simulate == Simulated::front)
    json["simulate"] = kSimulatedNames[static_cast<std::size_t>(search.simulate)];
  if (search.margin) json["margin"] = *search.margin;
  return json;
}

}  // namespace

StoredSweep stored_sweep(const SweepFile& sweep, const SweepInputs& inputs) {
  StoredSweep stored;
  stored.name = sweep.name;
  stored.program = inputs.program;
  nlohmann::ordered_json& question = stored.question;
  question["axes"] = axes_json(sweep);
  question["constraints"] = sweep.constraints;
  question["objectives"] = nlohmann::ordered_json::array();
  for (const SweepObjective& objective : sweep.objectives)
    question["objectives"].push_back({{"name", objective.name},
                                      {"expression", objective.expression},
                                      {"goal", objective.maximise ? "max" : "min"}});
  question["search"] = search_json(sweep.search);
  question["has_reference"] = sweep.reference.has_value();
  question["has_operands"] = sweep.operands.has_value();
  question["inputs"] = inputs_json(sweep, inputs);
  stored.id = text_hash(fmt::format("{}\n{}\n{}", stored.program, stored.name, question.dump()));
  return stored;
}

SweepInputs read_inputs(const SweepFile& sweep) {
  SweepInputs inputs;
  for (const fs::path& path : sweep.traces) inputs.traces.push_back(read_sweep_trace(path, false));
  if (sweep.operands) {
    inputs.operands = read_sweep_trace(*sweep.operands, true);
    if (!inputs.operands->trace.has_operands()) {
      throw UserError(Diagnostic{
          {sweep.operands->string()}, "operands", "a trace of shapes", "one with recorded operands"});
    }
  }
  if (sweep.characterised) inputs.areas = read_characterisation(*sweep.characterised);
  inputs.base = sweep_config(sweep, read_yaml(sweep.base), sweep.base);
  inputs.program = program();
  return inputs;
}

}  // namespace lnsim
