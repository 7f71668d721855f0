#include "sim/base/vcd.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

TEST(Vcd, declares_scopes_and_dumps_changes_at_the_clock) {
  bool busy = false;
  std::uint32_t count = 5;
  SignalList list;
  {
    const SignalList::Scope unit(list, "unit");
    list.add("busy", busy);
    const SignalList::Scope queue(list, "queue");
    list.add("count", count);
  }
  {
    const SignalList::Scope other(list, "other");
    list.add("late", 1, [](Cycle now) { return now > 40 ? 1U : 0U; });
  }
  VcdWriter writer(list, "a test");
  writer.sample(40, 7);
  busy = true;
  writer.sample(41, 8);
  count = 6;
  writer.sample(42, 9);
  EXPECT_EQ(writer.finish(), R"($comment a test $end
$timescale 1 ps $end
$scope module lnsim $end
$var wire 1 ! clk $end
$scope module unit $end
$var wire 1 " busy $end
$scope module queue $end
$var wire 32 # count $end
$upscope $end
$upscope $end
$scope module other $end
$var wire 1 $ late $end
$upscope $end
$upscope $end
$enddefinitions $end
#7000
$dumpvars
1!
0"
b101 #
0$
$end
#7500
0!
#8000
1!
1"
1$
#8500
0!
#9000
1!
b110 #
#9500
0!
#10000
)");
}

TEST(Vcd, has_a_name_of_its_own_for_each_of_many_signals) {
  SignalList list;
  for (int i = 0; i < 10000; ++i) list.add("s" + std::to_string(i), 1, [](Cycle) { return 0U; });
  const std::string text = VcdWriter(list, "").finish();
  std::set<std::string> names;
  for (std::size_t at = text.find("$var"); at != std::string::npos; at = text.find("$var", at + 1)) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    const std::size_t begin = std::string("$var wire 1 ").size();
    names.insert(line.substr(begin, line.find(' ', begin) - begin));
  }
  EXPECT_EQ(names.size(), 10001U);
}

TEST(Vcd, refuses_to_skip_a_cycle) {
  const SignalList list;
  VcdWriter writer(list, "");
  writer.sample(1, 1);
  EXPECT_THROW(writer.sample(3, 3), ModelError);
}

}  // namespace
}  // namespace lnsim
