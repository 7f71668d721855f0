#include "sim/run/compile/page_cache.h"

#include <gtest/gtest.h>

#include <random>

namespace lnsim {
namespace {

// Plans everything, fetching up to `ahead` loads early, and checks that every load finds its pages in frames
// of their own.
std::vector<PageCache::Fetch> run(PageCache& cache, std::uint32_t ahead) {
  std::vector<PageCache::Fetch> fetches;
  std::vector<std::uint32_t> holds(64, UINT32_MAX);
  std::vector<std::uint32_t> last_reader(64, 0);  // loads up to here have read the frame
  const auto place = [&](const PageCache::Fetch& fetch, std::uint32_t issued) {
    EXPECT_LE(fetch.after_load, issued) << "waits for a load that is not issued yet";
    EXPECT_GE(fetch.after_load, last_reader[fetch.frame]) << "overwrites what is still to be read";
    holds[fetch.frame] = fetch.page;
    fetches.push_back(fetch);
  };
  for (std::uint32_t load = 0; load < cache.load_count(); ++load) {
    while (cache.next_load() <= load) {
      const std::uint32_t before = cache.next_load();
      const auto fetch = cache.fetch_for_next(load);
      if (fetch) place(*fetch, load);
      if (!fetch && cache.next_load() == before) ADD_FAILURE() << "no frame for load " << load;
      if (!fetch && cache.next_load() == before) return fetches;
    }
    while (cache.next_load() <= load + ahead) {
      const std::uint32_t before = cache.next_load();
      const auto fetch = cache.fetch_for_next(load);
      if (fetch) place(*fetch, load);
      if (!fetch && cache.next_load() == before) break;
    }
    for (const std::uint32_t page : cache.pages_of(load)) {
      EXPECT_EQ(holds[cache.frame_of(page)], page);
      last_reader[cache.frame_of(page)] = load + 1;
    }
  }
  return fetches;
}

TEST(PageCache, fetches_each_page_once_when_all_fit) {
  PageCache cache(3, 3, {{0, 1}, {1, 2}, {0, 2}});
  EXPECT_EQ(run(cache, 2).size(), 3U);
}

TEST(PageCache, gives_up_the_page_that_is_needed_again_last) {
  // Two frames: page 1 is needed before page 0, so page 2 takes the place of page 0.
  PageCache cache(3, 2, {{0}, {1}, {2}, {1}, {0}});
  const auto fetches = run(cache, 0);
  ASSERT_EQ(fetches.size(), 4U);
  EXPECT_EQ(fetches[2].page, 2U);
  EXPECT_EQ(fetches[2].frame, 0U);
  EXPECT_EQ(fetches[2].after_load, 1U);
}

TEST(PageCache, says_when_a_load_needs_more_frames_than_there_are) {
  PageCache cache(3, 2, {{0, 1, 2}});
  EXPECT_TRUE(cache.fetch_for_next(0));
  EXPECT_TRUE(cache.fetch_for_next(0));
  EXPECT_FALSE(cache.fetch_for_next(0));
  EXPECT_EQ(cache.next_load(), 0U);
}

TEST(PageCache, never_overwrites_a_page_that_an_issued_load_has_not_read) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const auto pick = [&](std::uint32_t low, std::uint32_t high) {
      return std::uniform_int_distribution<std::uint32_t>(low, high)(random);
    };
    const std::uint32_t pages = pick(1, 12);
    const std::uint32_t most = pick(1, pages);
    std::vector<std::vector<std::uint32_t>> loads(pick(1, 30));
    for (auto& load : loads) {
      for (std::uint32_t page = 0; page < pages; ++page) {
        if (load.size() < most && pick(0, 2) == 0) load.push_back(page);
      }
    }
    PageCache cache(pages, pick(most, pages), loads);
    run(cache, pick(0, 5));
  }
}

}  // namespace
}  // namespace lnsim
