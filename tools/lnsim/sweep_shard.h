// Which part of a sweep this process runs, and the job that runs all parts.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/sweep/sweep.h"

namespace lnsim {

// `2/8` is the second of eight; `auto` is what the engine that started the process says: the rank and size of
// OpenMPI, MPICH or srun, or the task of a Slurm job array; empty is all. Throws UserError for anything else.
SweepShard read_shard(const std::string& text);

// A Slurm job array of `tasks` parts and a job behind it that merges them, as a shell script for a login
// node.
std::string slurm_script(const std::filesystem::path& program, const std::filesystem::path& sweep,
                         unsigned tasks);

}  // namespace lnsim
