#include "sim/base/edge_queue.h"

namespace lnsim {

std::size_t EdgeQueue::add_unit() {
  const std::size_t words = units_ / 64 + 1;
  if (words > words_) {
    std::vector<std::uint64_t> wider(kNear * words);
    for (std::size_t row = 0; row < kNear; ++row)
      std::copy_n(bits_.begin() + static_cast<std::ptrdiff_t>(row * words_), words_,
                  wider.begin() + static_cast<std::ptrdiff_t>(row * words));
    bits_ = std::move(wider);
    words_ = words;
  }
  last_far_.push_back(kNever);
  return units_++;
}

void EdgeQueue::ask_far(std::size_t unit, Cycle cycle) {
  if (last_far_[unit] == cycle) return;
  last_far_[unit] = cycle;
  far_.emplace(cycle, unit);
}

void EdgeQueue::take_far() {
  const std::size_t unit = far_.top().second;
  far_.pop();
  const std::size_t row = now_ % kNear;
  bits_[row * words_ + unit / 64] |= std::uint64_t{1} << (unit % 64);
}

void EdgeQueue::clear() {
  std::fill(bits_.begin(), bits_.end(), 0);
  std::fill(last_far_.begin(), last_far_.end(), kNever);
  far_ = {};
}

}  // namespace lnsim
