#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>

#include "sim/base/output_file.h"
#include "sim/run/report/text_table.h"
#include "sim/run/sweep/front_runs.h"
#include "sim/run/sweep/metrics.h"
#include "sim/run/sweep/outcome.h"
#include "sim/run/sweep/parameter_paths.h"
#include "sim/run/sweep/sweep.h"
#include "sim/run/sweep/sweep_report.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/sweep_shard.h"

namespace lnsim {
namespace {

struct SweepCommandOptions {
  std::string sweep, database, out, shard;
  std::vector<std::string> from;
  unsigned jobs = 0;
  unsigned slurm = 0;
  bool json = false, names = false;
};

constexpr const char* kSweepFooter =
    R"(Every point is stored in the database (SQLite) as soon as it is run: a sweep that is interrupted goes on where it was,
and what a changed sweep shares with an earlier one is not run again. `SELECT * FROM points` in it gives the table.
With `search: {kind: grid, simulate: front}` in the sweep file all points are estimated, at some twenty per second and core
for ResNet-50, and those simulated that may be on the front; the rest stay estimates and are marked.

Examples
  lnsim sweep configs/sweeps/table-size.yaml
  lnsim sweep configs/sweeps/table-size.yaml --out out/table-size
  lnsim sweep configs/sweeps/table-size.yaml --shard 2/8
  lnsim sweep configs/sweeps/table-size.yaml --from table-size.*-of-8.db
  mpirun -n 8 lnsim sweep configs/sweeps/table-size.yaml --shard auto --jobs 1
  lnsim sweep configs/sweeps/table-size.yaml --slurm 8 > job.sh && sh job.sh
  lnsim sweep --names | grep sqnr

With --out DIR, DIR/sweep.json holds everything, DIR/points.csv a row per point, and DIR/front/NUMBER what `lnsim run` writes of
every point on the front, with its config.)";

std::string duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

// Points done, the rate, and how long it will go on at it.
SweepProgress points_on(Console& console) {
  if (!console.err_is_terminal) return [](std::uint64_t, std::uint64_t) {};
  const auto start = std::chrono::steady_clock::now();
  return [&console, start, shown = start](std::uint64_t done, std::uint64_t total) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (done < total && now - shown < std::chrono::milliseconds(200)) return;
    shown = now;
    const double seconds = std::chrono::duration<double>(now - start).count();
    const double rate = static_cast<double>(done) / std::max(seconds, 1e-9);
    console.err << fmt::format("\r\033[K{} of {} points, {:.1f} per second, {} left", grouped(done),
                               grouped(total), rate, duration(static_cast<double>(total - done) / rate));
    if (done == total) console.err << "\r\033[K";
    console.err.flush();
  };
}

std::string names_table() {
  TextTable table({"name", "unit", "what it is"}, 3);
  for (const MetricRow& row : kMetrics)
    table.add({std::string(row.name), std::string(row.unit), std::string(row.doc)});
  table.add_rule();
  for (const std::string& path : parameter_paths())
    table.add({path, "", "parameter: lnsim describe " + path});
  return table.str();
}

// Beside each other, parts of a sweep write to files of their own.
std::filesystem::path database_path(const SweepCommandOptions& options, const SweepShard& shard) {
  if (!options.database.empty()) return options.database;
  const std::string stem = std::filesystem::path(options.sweep).stem().string();
  return shard.count == 1 ? stem + ".db" : fmt::format("{}.{}-of-{}.db", stem, shard.index + 1, shard.count);
}

std::string what_was_run(const SweepRun& run, const SweepFile& file, const SweepShard& shard) {
  const bool estimates = file.search.simulate == Simulated::front;
  std::string text = fmt::format("{} points {}", grouped(run.run), estimates ? "estimated" : "run");
  if (estimates) text += fmt::format(" and {} simulated", grouped(run.simulated));
  text += " now";
  if (run.left_out > 0) text += fmt::format(", {} left out by constraints", grouped(run.left_out));
  text += "\n";
  if (estimates && shard.count > 1)
    text += "The front is simulated when the parts are merged: lnsim sweep --from\n";
  return text;
}

// How far estimates were off, and what that says of the front.
std::string estimate_errors(const EstimateErrors& errors, std::optional<double> margin) {
  if (errors.points == 0) return "";
  const auto off = [](const EstimateErrors::Error& error) {
    return fmt::format("{:.2f} % on average and {:.2f} % at most", 100 * error.mean, 100 * error.worst);
  };
  std::string text = fmt::format(
      "Estimates of the {} points that are simulated were off by\n  {} in cycles,\n  {} in energy\n",
      grouped(errors.points), off(errors.cycles), off(errors.energy));
  if (margin && std::max(errors.cycles.worst, errors.energy.worst) > *margin)
    text += fmt::format(
        "That is more than the margin of {:g} %: points may be missing from the front. Raise "
        "search.margin.\n",
        100 * *margin);
  return text;
}

void sweep(const SweepCommandOptions& options, Console& console) {
  if (options.names) {
    console.out << names_table();
    return;
  }
  if (options.sweep.empty()) throw UserError(Diagnostic{{}, "sweep", "nothing", "a sweep file (YAML)"});
  const SweepShard shard = read_shard(options.shard);
  const SweepFile file = read_sweep(options.sweep);
  if (options.slurm > 0) {
    console.out << slurm_script(std::filesystem::read_symlink("/proc/self/exe"),
                                std::filesystem::absolute(options.sweep), options.slurm);
    return;
  }
  if (!options.out.empty()) make_folder(options.out);
  const std::filesystem::path database = database_path(options, shard);
  ResultStore store(database);
  for (const std::string& other : options.from) store.take_results(other);
  const SweepRun run = run_sweep(file, store, {options.jobs, shard}, points_on(console));
  const SweepOutcome outcome = outcome_of(store, run.sweep);
  const auto json = [&] { return sweep_json(outcome).dump(1) + "\n"; };
  console.out << (options.json ? json() : sweep_table(outcome));
  if (!options.out.empty()) {
    const std::filesystem::path folder(options.out);
    write_file(folder / "sweep.json", json());
    write_file(folder / "points.csv", sweep_csv(outcome));
    run_front(file, outcome, folder / "front", options.jobs, progress_on(console));
  }
  if (options.json) return;
  console.out << "\n"
              << what_was_run(run, file, shard) << estimate_errors(run.estimates, file.search.margin)
              << "Written: " << database.generic_string();
  if (!options.out.empty())
    console.out << fmt::format(", {0}/sweep.json, {0}/points.csv, {0}/front", options.out);
  console.out << "\n";
}

}  // namespace

void add_sweep_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<SweepCommandOptions>();
  CLI::App* command = app.add_subcommand("sweep", "Run many machines and find the best: the Pareto front");
  command->footer(kSweepFooter);
  command->add_option("sweep", options->sweep, "Sweep file (YAML)");
  command->add_option(
      "--db", options->database,
      "Database of results (SQLite), made when it is not there. Default: the sweep file's name in "
      "this folder");
  command->add_option("--from", options->from,
                      "Databases whose results are taken first: shards of this sweep");
  command->add_option("--shard", options->shard,
                      "Run only part I of N, for example 2/8, or auto: the part of this process among those "
                      "of mpirun, srun or a Slurm job array");
  command
      ->add_option("--slurm", options->slurm,
                   "Print a script that runs the sweep as a Slurm job array of so many tasks")
      ->check(CLI::PositiveNumber);
  command->add_option("--out", options->out,
                      "Folder for sweep.json, points.csv and detailed runs of the front");
  command
      ->add_option("--jobs", options->jobs,
                   "Threads; the result does not depend on them. Default: one per core")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->json, "Print the sweep as one JSON object");
  command->add_flag("--names", options->names, "Print the names that objectives and constraints may use");
  command->callback([options, &console] { sweep(*options, console); });
}

}  // namespace lnsim
