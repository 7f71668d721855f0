#include "sim/run/compile/page_cache.h"

#include <utility>

namespace lnsim {

PageCache::PageCache(std::uint32_t pages, std::uint32_t frames, std::vector<std::vector<std::uint32_t>> loads)
    : loads_(std::move(loads)), following_(loads_.size()), state_(pages), frames_(frames) {
  std::vector<std::uint32_t> next(pages, kNever);
  for (std::size_t i = loads_.size(); i-- > 0;) {
    following_[i].reserve(loads_[i].size());
    for (const std::uint32_t page : loads_[i]) {
      following_[i].push_back(next[page]);
      next[page] = static_cast<std::uint32_t>(i);
    }
  }
}

std::optional<PageCache::Fetch> PageCache::fetch_for_next(std::uint32_t issued) {
  if (next_load_ == loads_.size()) return std::nullopt;
  for (const auto& pages = loads_[next_load_]; position_ < pages.size(); ++position_) {
    const std::uint32_t page = pages[position_];
    if (state_[page].frame != kNever) {
      use(page);
      continue;
    }
    Fetch fetch{page, used_frames_, 0};
    if (used_frames_ < frames_) {
      ++used_frames_;
    } else {
      const auto old = victim(issued);
      if (!old) return std::nullopt;
      fetch.frame = state_[*old].frame;
      fetch.after_load = state_[*old].last_use + 1;
      resident_.erase(rank(*old));
      state_[*old].frame = kNever;
    }
    state_[page] = {fetch.frame, next_load_, following_[next_load_][position_]};
    resident_.insert(rank(page));
    ++position_;
    return fetch;
  }
  ++next_load_;
  position_ = 0;
  return std::nullopt;
}

void PageCache::use(std::uint32_t page) {
  auto entry = resident_.extract(rank(page));
  state_[page].last_use = next_load_;
  state_[page].next_use = following_[next_load_][position_];
  entry.value() = rank(page);
  resident_.insert(std::move(entry));
}

std::optional<std::uint32_t> PageCache::victim(std::uint32_t issued) const {
  // When prefetching, a long look for a page to give up does not pay.
  std::size_t looks = next_load_ == issued ? resident_.size() : 64;
  for (const Rank& entry : resident_) {
    if (looks-- == 0) break;
    const std::uint32_t page = std::get<2>(entry);
    if (state_[page].last_use >= issued) continue;
    // Later pages of this load must stay.
    if (state_[page].next_use == next_load_) continue;
    return page;
  }
  return std::nullopt;
}

}  // namespace lnsim
