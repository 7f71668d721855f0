// The pages of operands in the global buffer, planned at compile time: who is fetched when, and into which
// frame.
//
// All frames have the size of the largest page. The uses of every page are known beforehand, so the page that
// is needed again last makes room (among those never needed again, the one whose last load is longest past).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

namespace lnsim {

class PageCache {
 public:
  // `loads[i]` are the pages (< pages) that load i reads, each once.
  PageCache(std::uint32_t pages, std::uint32_t frames, std::vector<std::vector<std::uint32_t>> loads);

  // A page that must be fetched: into `frame`, once the loads before `after_load` are complete.
  struct Fetch {
    std::uint32_t page = 0;
    std::uint32_t frame = 0;
    std::uint32_t after_load = 0;
  };

  // The next fetch that load number `next_load()` needs, without giving up a page that a load from `issued`
  // on and up to it reads. Nothing when it needs no more (then next_load() advances) or when there is no
  // frame to be had.
  std::optional<Fetch> fetch_for_next(std::uint32_t issued);
  // Loads before this one have all their pages.
  std::uint32_t next_load() const { return next_load_; }
  std::uint32_t load_count() const { return static_cast<std::uint32_t>(loads_.size()); }

  std::span<const std::uint32_t> pages_of(std::uint32_t load) const { return loads_[load]; }
  std::uint32_t frame_of(std::uint32_t page) const { return state_[page].frame; }

 private:
  static constexpr std::uint32_t kNever = UINT32_MAX;
  struct Page {
    std::uint32_t frame = kNever;
    std::uint32_t last_use = 0;
    std::uint32_t next_use = kNever;
  };
  // Farthest next use first, then oldest last use.
  using Rank = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
  Rank rank(std::uint32_t page) const {
    return {kNever - state_[page].next_use, state_[page].last_use, page};
  }

  void use(std::uint32_t page);
  std::optional<std::uint32_t> victim(std::uint32_t issued) const;

  std::vector<std::vector<std::uint32_t>> loads_;
  std::vector<std::vector<std::uint32_t>> following_;  // beside loads_: the load that uses the page next
  std::vector<Page> state_;
  std::set<Rank> resident_;
  std::uint32_t frames_;
  std::uint32_t used_frames_ = 0;
  std::uint32_t next_load_ = 0;
  std::size_t position_ = 0;  // in its pages
};

}  // namespace lnsim
