#include "sim/run/workers.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace lnsim {
namespace {

class Tasks {
 public:
  Tasks(std::span<const std::size_t> order, const std::function<void(std::size_t, std::size_t)>& run)
      : order_(order), run_(run) {}

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
    while (next_ < order_.size()) {
      task = order_[next_++];
      if (task < end_) return true;
    }
    return false;
  }

  void fail(std::size_t task, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (task >= end_) return;
    end_ = task;  // those below it still run: one of them may fail, too
    failure_ = std::move(failure);
  }

  std::mutex mutex_;
  std::span<const std::size_t> order_;
  std::size_t next_ = 0;
  std::size_t end_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure_;
  const std::function<void(std::size_t, std::size_t)>& run_;
};

}  // namespace

unsigned worker_count(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

void run_tasks(std::span<const std::size_t> order, std::size_t workers,
               const std::function<void(std::size_t, std::size_t)>& run) {
  Tasks all(order, run);
  {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 1; worker < std::min(workers, order.size()); ++worker)
      threads.emplace_back([&all, worker] { all.work(worker); });
    all.work(0);
  }
  all.rethrow();
}

}  // namespace lnsim
