// Independent tasks on several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace lnsim {

// Threads for `jobs` as users give it: 0 means one per core.
unsigned worker_count(unsigned jobs);

// Calls run(worker, task) once for every task of `order`, started in that order, on `workers` threads; those
// of one worker follow each other. When tasks throw, the exception of the one with the smallest number comes
// out, whatever the number of workers; tasks with larger ones may not have run.
void run_tasks(std::span<const std::size_t> order, std::size_t workers,
               const std::function<void(std::size_t worker, std::size_t task)>& run);

}  // namespace lnsim
