// Independent tasks on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace lnsim {

// Threads for `jobs` as users give it: 0 means one per core.
unsigned worker_count(unsigned jobs);

// Calls run(worker, task) once for every task below `tasks`, in about their order, on `workers` threads;
// those of one worker follow each other. When tasks throw, the exception of the first of them in the order of
// tasks comes out, whatever the number of workers; later tasks may not have run.
void run_tasks(std::size_t tasks, std::size_t workers,
               const std::function<void(std::size_t worker, std::size_t task)>& run);

}  // namespace lnsim
