#include "tools/lnsim/sweep_shard.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// How an engine numbers its processes.
struct Engine {
  const char* index;
  const char* first;  // the number of the first one; null: 0
  const char* count;
};

constexpr std::array<Engine, 4> kEngines{
    {{"OMPI_COMM_WORLD_RANK", nullptr, "OMPI_COMM_WORLD_SIZE"},
     {"PMI_RANK", nullptr, "PMI_SIZE"},
     {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"},
     {"SLURM_PROCID", nullptr, "SLURM_NTASKS"}}};

std::optional<std::uint32_t> variable(const char* name) {
  const char* text = name == nullptr ? "0" : std::getenv(name);
  return text == nullptr ? std::nullopt : number(text);
}

// A job array counts as one engine also where the tasks of a job are numbered: the first that is there.
std::optional<SweepShard> shard_of_engine() {
  for (const Engine& engine : kEngines) {
    const auto index = variable(engine.index), first = variable(engine.first), count = variable(engine.count);
    if (index && first && count && *index >= *first && *index - *first < *count)
      return SweepShard{*index - *first, *count};
  }
  return std::nullopt;
}

// Within '...' of a shell.
std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

SweepShard read_shard(const std::string& text) {
  if (text.empty()) return {};
  if (text == "auto") {
    if (const auto shard = shard_of_engine()) return *shard;
    throw UserError(Diagnostic{
        {}, "--shard", "auto, outside of an engine", "a process of mpirun, srun or a Slurm job array"});
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto index = number(std::string_view(text).substr(0, slash));
  const auto count = number(std::string_view(text).substr(std::min(slash + 1, text.size())));
  if (!index || !count || *index < 1 || *index > *count)
    throw UserError(Diagnostic{{}, "--shard", text, "I/N with I from 1 to N, or auto"});
  return {*index - 1, *count};
}

std::string slurm_script(const std::filesystem::path& program, const std::filesystem::path& sweep,
                         unsigned tasks) {
  const std::string command =
      fmt::format("{} sweep {}", shell_quoted(program.string()), shell_quoted(sweep.string()));
  const std::string name = sweep.stem().string();
  return fmt::format(
      R"(#!/bin/sh
# Runs {0} in {1} parts and merges them. Start it on a login node, in a folder that all nodes see; start it again to
# resume: what is known is not run again.
set -eu
parts=$(sbatch --parsable --job-name={2} --array=1-{1} --output={2}.%a.log --wrap {3})
sbatch --job-name={2}-merge --dependency=afterok:"$parts" --output={2}.merge.log --wrap {4}
)",
      sweep.string(), tasks, shell_quoted(name), shell_quoted(command + " --shard auto"),
      shell_quoted(fmt::format("{} --from {}.*-of-{}.db", command, shell_quoted(name), tasks)));
}

}  // namespace lnsim
