// The registered channel: what is visible when, and that the order of processes within a cycle never matters.
#include "sim/base/channel.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/base/counting_units.h"

namespace lnsim {
namespace {

using test::Consumer;
using test::Producer;

// Builds both ends in either order: SystemC starts processes in the order of construction.
struct Ends {
  Ends(std::size_t capacity, Cycle latency, bool consumer_first, std::uint32_t entries, Cycle consumer_period,
       const Disturbance& disturbance = {})
      : simulation(disturbance), channel(simulation, capacity, latency) {
    const auto make_consumer = [&] {
      consumer = std::make_unique<Consumer>("consumer", simulation, channel, consumer_period);
    };
    if (consumer_first) make_consumer();
    producer = std::make_unique<Producer>("producer", simulation, channel, entries);
    if (!consumer_first) make_consumer();
    channel.connect(*producer, *consumer);
    producer->request_edge(10);
  }

  Simulation simulation;
  Simulation::Scope scope{simulation};
  Channel<std::uint32_t> channel;
  std::unique_ptr<Producer> producer;
  std::unique_ptr<Consumer> consumer;
};

TEST(Channel, shows_an_entry_in_the_cycle_after_its_push_and_not_before) {
  Ends ends(4, 1, false, 1, 1);
  ends.simulation.run(1000);
  EXPECT_EQ(ends.producer->pushed, (std::vector<Cycle>{10}));
  EXPECT_EQ(ends.consumer->taken, (std::vector<Cycle>{11}));
}

TEST(Channel, with_latency_five_shows_an_entry_five_cycles_after_its_push) {
  Ends ends(8, 5, false, 3, 1);
  ends.simulation.run(1000);
  EXPECT_EQ(ends.producer->pushed, (std::vector<Cycle>{10, 11, 12}));
  EXPECT_EQ(ends.consumer->taken, (std::vector<Cycle>{15, 16, 17}));
}

TEST(Channel, of_one_entry_passes_one_entry_every_second_cycle) {
  Ends ends(1, 1, false, 3, 1);
  ends.simulation.run(1000);
  EXPECT_EQ(ends.producer->pushed, (std::vector<Cycle>{10, 12, 14}));
  EXPECT_EQ(ends.consumer->taken, (std::vector<Cycle>{11, 13, 15}));
}

TEST(Channel, of_two_entries_passes_one_entry_every_cycle) {
  Ends ends(2, 1, false, 4, 1);
  ends.simulation.run(1000);
  EXPECT_EQ(ends.consumer->taken, (std::vector<Cycle>{11, 12, 13, 14}));
}

TEST(Channel, holds_a_producer_up_at_the_consumers_pace) {
  Ends ends(2, 1, false, 5, 4);
  ends.simulation.run(1000);
  EXPECT_EQ(ends.consumer->taken, (std::vector<Cycle>{12, 16, 20, 24, 28}));
  EXPECT_EQ(ends.producer->pushed, (std::vector<Cycle>{10, 11, 13, 17, 21}));
}

TEST(Channel, gives_the_same_cycles_whichever_end_was_built_first) {
  for (const std::size_t capacity : {1U, 2U, 3U}) {
    for (const Cycle period : {1U, 2U, 3U, 5U}) {
      Ends forward(capacity, 1, false, 20, period);
      forward.simulation.run(1000);
      Ends backward(capacity, 1, true, 20, period);
      backward.simulation.run(1000);
      EXPECT_EQ(forward.producer->pushed, backward.producer->pushed) << capacity << " " << period;
      EXPECT_EQ(forward.consumer->taken, backward.consumer->taken) << capacity << " " << period;
    }
  }
}

TEST(Channel, gives_the_same_cycles_when_processes_are_shuffled) {
  Ends plain(2, 1, false, 50, 3);
  plain.simulation.run(1000);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Ends shuffled(2, 1, false, 50, 3, {seed, 0, true});
    shuffled.simulation.run(1000);
    EXPECT_EQ(plain.producer->pushed, shuffled.producer->pushed) << seed;
    EXPECT_EQ(plain.consumer->taken, shuffled.consumer->taken) << seed;
  }
}

TEST(Channel, that_stalls_at_random_delays_entries_but_keeps_their_order) {
  Ends ends(4, 1, false, 100, 1, {7, 50, false});
  ends.simulation.run(10000);
  ASSERT_EQ(ends.consumer->values.size(), 100U);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(ends.consumer->values[i], i);
  EXPECT_GT(ends.consumer->taken.back(), 140U);
}

TEST(Channel, refuses_an_entry_that_was_not_offered_room) {
  Ends ends(1, 1, false, 0, 1);
  ends.channel.push(0, 1);
  EXPECT_THROW(ends.channel.push(0, 2), ModelError);
  EXPECT_EQ(ends.channel.size(), ends.channel.capacity());
  ends.channel.reset();
  EXPECT_EQ(ends.channel.size(), 0U);
}

TEST(Channel, reports_from_its_first_entry_to_its_last_that_it_holds_some) {
  Ends ends(2, 3, false, 0, 1);
  BitSet holding(5);
  ends.channel.report_to(holding, 4);
  EXPECT_EQ(holding.next(0), 5U);
  ends.channel.push(0, 1);  // not ready before 3
  EXPECT_EQ(holding.next(0), 4U);
  ends.channel.push(0, 2);
  ends.channel.pop(5);
  EXPECT_EQ(holding.next(0), 4U);
  ends.channel.pop(5);
  EXPECT_EQ(holding.next(0), 5U);
  ends.channel.push(6, 3);
  ends.channel.reset();
  EXPECT_EQ(holding.next(0), 5U);
}

}  // namespace
}  // namespace lnsim
