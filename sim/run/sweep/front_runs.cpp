#include "sim/run/sweep/front_runs.h"

#include <fmt/format.h>

#include "sim/base/output_file.h"
#include "sim/run/config/effective_config.h"
#include "sim/run/report/report.h"
#include "sim/run/sweep/design.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

void run_trace(const Trace& trace, const RunConfig& config, const fs::path& config_path,
               const fs::path& folder, unsigned jobs, const Progress& progress) {
  const RunInputs inputs{config_path, trace.path, config_path.parent_path() / config.energy_table};
  const EnergyCosts costs = read_energy_table(inputs.energy_table_path, config.machine);
  const IterationResult result = run_iteration(trace, config, costs, {.jobs = jobs}, progress);
  make_folder(folder);
  write_file(folder / "report.json", report_json(result, config, costs, trace, inputs).dump(2) + "\n");
  write_file(folder / "layers.csv", report_csv(result, config, costs));
}

}  // namespace

std::vector<fs::path> run_front(const SweepFile& sweep, const SweepOutcome& outcome, const fs::path& folder,
                                unsigned jobs, const Progress& progress) {
  const YamlDocument base = read_yaml(sweep.base);
  std::vector<Trace> traces;
  for (const fs::path& path : sweep.traces) traces.push_back(read_trace(path));
  std::vector<fs::path> folders;
  std::vector<std::size_t> front = front_of(outcome);
  if (front.size() > kMostFrontRuns) front.resize(kMostFrontRuns);
  for (const std::size_t i : front) {
    const SweepPoint& point = outcome.points[i];
    const fs::path here = folder / fmt::to_string(point.number);
    make_folder(here);
    const Design design = design_of(sweep, static_cast<std::uint64_t>(point.number));
    RunConfig config = sweep_config(sweep, design_document(sweep, base, design), sweep.base);
    const fs::path table = fs::absolute(sweep.base.parent_path() / config.energy_table).lexically_normal();
    config.machine.name = fmt::format("{}-{}", sweep.name, point.number);
    config.energy_table = table.lexically_proximate(fs::absolute(here)).generic_string();
    write_file(here / "config.yaml", effective_config(config).dump(2) + "\n");
    for (const Trace& trace : traces)
      run_trace(trace, config, here / "config.yaml", here / trace.path.stem(), jobs, progress);
    folders.push_back(here);
  }
  return folders;
}

}  // namespace lnsim
