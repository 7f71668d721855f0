// Values that several threads ask for by a key: the first one computes, the others wait for it.
#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <future>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

namespace lnsim {

// Values are small or shared pointers: they are copied out. What computing one throws is kept in its place.
template <class Key, class Value>
class OnceCache {
 public:
  // Of more than `most` values the first ones are dropped, to be computed again when asked for again.
  explicit OnceCache(std::size_t most = std::numeric_limits<std::size_t>::max()) : most_(most) {}

  template <class Compute>
  Value get(const Key& key, const Compute& compute) {
    std::promise<Value> promise;
    const auto [future, is_first] = find(key, promise);
    if (is_first) {
      try {
        promise.set_value(compute());
      } catch (...) {
        promise.set_exception(std::current_exception());
      }
    }
    return future.get();
  }

 private:
  using Future = std::shared_future<Value>;

  std::pair<Future, bool> find(const Key& key, std::promise<Value>& promise) {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = known_.try_emplace(key);
    if (!is_new) return {entry->second, false};
    const Future future = entry->second = promise.get_future().share();
    order_.push_back(key);
    if (order_.size() > most_) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return {future, true};
  }

  std::size_t most_;
  std::mutex mutex_;
  std::map<Key, Future> known_;
  std::deque<Key> order_;  // of known_, oldest first
};

}  // namespace lnsim
