#include "models/estimate/shared_server.h"

#include <algorithm>

namespace lnsim {

std::uint64_t SharedServer::serve(std::uint64_t from, std::uint64_t amount) {
  if (amount == 0) return from;
  const auto first =
      std::find_if(busy_.begin(), busy_.end(), [&](const Busy& busy) { return busy.end >= from; });
  Busy joined{from, from};
  auto next = first;
  while (amount > 0) {
    if (next != busy_.end() && next->begin <= joined.end) {  // no gap before this one
      joined.begin = std::min(joined.begin, next->begin);
      joined.end = std::max(joined.end, next->end);
      ++next;
      continue;
    }
    const std::uint64_t gap = next == busy_.end() ? amount : std::min(amount, next->begin - joined.end);
    joined.end += gap;
    amount -= gap;
  }
  const std::uint64_t end = joined.end;
  if (next != busy_.end() && next->begin == end) {
    joined.end = next->end;
    ++next;
  }
  if (first == next) {
    busy_.insert(first, joined);
  } else {
    *first = joined;
    busy_.erase(first + 1, next);
  }
  return end;
}

void SharedServer::forget_before(std::uint64_t time) {
  while (!busy_.empty() && busy_.front().end < time) busy_.pop_front();
}

}  // namespace lnsim
