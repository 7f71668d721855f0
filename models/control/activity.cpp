#include "models/control/activity.h"

namespace lnsim {

void Activity::begin(Cycle now) {
  cycles_.fill(0);
  busy_.fill(0);
  since_ = now;
}

void Activity::charge(Cycle now) {
  std::size_t cause = 0;
  while (cause < static_cast<std::size_t>(Cause::control) && busy_[cause] == 0) ++cause;
  cycles_[cause] += now - since_;
  since_ = now;
}

std::array<std::uint64_t, kCauseCount> Activity::finish(Cycle end) {
  charge(end);
  return cycles_;
}

}  // namespace lnsim
