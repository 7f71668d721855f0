// A resource that serves one request at a time and whose clients ask in an order of their own: a request that
// comes early in time is served in the gaps that earlier callers have left.
#pragma once

#include <cstdint>
#include <deque>

#include "sim/base/clock.h"

namespace lnsim {

class SharedServer {
 public:
  // Serves `amount` units of time, from `from` on, whenever the server is free: when that ends. The time in
  // between counts as busy.
  std::uint64_t serve(std::uint64_t from, std::uint64_t amount);

  // No request will begin before `time` any more.
  void forget_before(std::uint64_t time);

 private:
  struct Busy {
    std::uint64_t begin = 0, end = 0;
  };
  std::deque<Busy> busy_;  // in order, apart from each other
};

}  // namespace lnsim
