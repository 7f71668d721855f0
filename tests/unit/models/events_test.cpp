#include "models/events.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string_view>

namespace lnsim {
namespace {

TEST(Events, have_one_row_each_in_the_order_of_the_enumeration) {
  for (std::size_t i = 0; i < kEventCount; ++i) EXPECT_EQ(static_cast<std::size_t>(kEvents[i].event), i);
}

TEST(Events, have_names_of_their_own_that_begin_with_a_unit) {
  std::set<std::string_view> names;
  for (const EventRow& row : kEvents) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_NE(row.name.find('.'), std::string_view::npos) << row.name;
    EXPECT_FALSE(row.component.empty()) << row.name;
    EXPECT_FALSE(row.one.empty()) << row.name;
  }
}

TEST(Events, of_one_component_belong_to_one_level_except_leakage_and_clock_which_every_level_has) {
  std::map<std::string_view, EnergyLevel> levels;
  for (const EventRow& row : kEvents) {
    if (row.component == "leakage" || row.component == "clock") continue;
    EXPECT_EQ(levels.emplace(row.component, row.level).first->second, row.level) << row.name;
  }
}

TEST(EventCounts, start_at_zero_and_add_up_event_by_event) {
  EventCounts counts;
  for (const EventRow& row : kEvents) EXPECT_EQ(counts[row.event], 0U);
  EventCounts more;
  for (const EventRow& row : kEvents) more[row.event] = 1 + static_cast<std::uint64_t>(row.event);
  counts += more;
  counts += more;
  for (const EventRow& row : kEvents)
    EXPECT_EQ(counts[row.event], 2 + 2 * static_cast<std::uint64_t>(row.event));
  EXPECT_FALSE(counts == more);
}

}  // namespace
}  // namespace lnsim
