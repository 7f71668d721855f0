#include "sim/run/workers.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lnsim {
namespace {

class Tasks {
 public:
  Tasks(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& run)
      : end_(tasks), run_(run) {}

  void work(std::size_t worker) {
    for (std::size_t task = 0; next(task);) {
      try {
        run_(worker, task);
      } catch (...) {
        fail(task, std::current_exception());
      }
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  bool next(std::size_t& task) {
    const std::lock_guard lock(mutex_);
    if (next_ >= end_) return false;
    task = next_++;
    return true;
  }

  void fail(std::size_t task, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (task >= end_) return;
    end_ = task;  // those before it still run: one of them may fail, too
    failure_ = std::move(failure);
  }

  std::mutex mutex_;
  std::size_t next_ = 0;
  std::size_t end_;
  std::exception_ptr failure_;
  const std::function<void(std::size_t, std::size_t)>& run_;
};

}  // namespace

unsigned worker_count(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

void run_tasks(std::size_t tasks, std::size_t workers,
               const std::function<void(std::size_t, std::size_t)>& run) {
  Tasks all(tasks, run);
  {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 1; worker < std::min(workers, tasks); ++worker)
      threads.emplace_back([&all, worker] { all.work(worker); });
    all.work(0);
  }
  all.rethrow();
}

}  // namespace lnsim
