// DRAM and global buffer: when a burst or a beat is done, and how many fit.
#include <gtest/gtest.h>

#include <random>

#include "models/memory/dram.h"
#include "models/memory/dram_timing.h"
#include "models/memory/global_buffer.h"
#include "tests/timing/probes.h"

namespace lnsim {
namespace {

using test::Cycles;
using test::Lab;
using test::Sink;
using test::Source;

// latency 20; a burst of 64 bytes takes 64 / 32 = 2 cycles on the pins.
constexpr DramParameters kDram{
    .channels = 2, .channel_bytes_per_cycle = 32, .burst_bytes = 64, .latency_cycles = 20};

struct DramLab {
  explicit DramLab(std::vector<Cycle> first, std::vector<Cycle> second = {})
      : DramLab(reads(first), reads(second)) {}
  DramLab(std::vector<std::pair<Cycle, Burst>> first, std::vector<std::pair<Cycle, Burst>> second)
      : queues{{Channel<Burst>(lab.simulation, 16), Channel<Burst>(lab.simulation, 16)}},
        completions(lab.simulation, 64, burst_latency(kDram)),
        dram("dram", lab.simulation, kDram, lab.state, {&queues[0], &queues[1]}, completions),
        source_0("source_0", lab, queues[0], std::move(first)),
        source_1("source_1", lab, queues[1], std::move(second)),
        sink("sink", lab, completions, 0, 2) {
    queues[0].connect(source_0, dram);
    queues[1].connect(source_1, dram);
    completions.connect(dram, sink);
    EXPECT_EQ(lab.run(), Simulation::End::idle);
  }

  static std::vector<std::pair<Cycle, Burst>> reads(const std::vector<Cycle>& cycles) {
    std::vector<std::pair<Cycle, Burst>> script;
    for (const Cycle cycle : cycles) script.emplace_back(cycle, Burst{});
    return script;
  }

  Lab lab;
  std::array<Channel<Burst>, 2> queues;
  Channel<Burst> completions;
  Dram dram;
  Source<Burst> source_0;
  Source<Burst> source_1;
  Sink<Burst> sink;
};

TEST(Dram, completes_a_burst_pushed_at_cycle_10_at_cycle_33_and_not_before) {
  // pushed 10, accepted 11, first byte 31, second cycle on the pins 32, seen 33
  EXPECT_EQ(DramLab(Cycles{10}).sink.cycles(), Cycles{33});
}

TEST(Dram, gives_one_channel_a_burst_every_two_cycles) {
  EXPECT_EQ(DramLab(Cycles{10, 10, 10, 10}).sink.cycles(), (Cycles{33, 35, 37, 39}));
}

TEST(Dram, accepts_again_two_cycles_after_a_burst_that_came_alone) {
  EXPECT_EQ(DramLab(Cycles{10, 11, 20}).sink.cycles(), (Cycles{33, 35, 43}));
}

TEST(Dram, runs_its_channels_side_by_side) {
  EXPECT_EQ(DramLab(Cycles{10, 10}, Cycles{10, 10}).sink.cycles(), (Cycles{33, 33, 35, 35}));
}

TEST(Dram, counts_whole_bursts_by_direction) {
  DramLab run({{10, {BurstKind::read, 1}}, {10, {BurstKind::write, 2}}, {10, {BurstKind::write, 3}}}, {});
  EXPECT_EQ(run.lab.state.events[Event::dram_read_byte], 64U);
  EXPECT_EQ(run.lab.state.events[Event::dram_write_byte], 128U);
  EXPECT_EQ(run.sink.values()[1].tag, 2U);
  EXPECT_TRUE(run.dram.state().empty());
}

// Requests of random distances, in bursts and with pauses.
std::vector<Cycle> random_cycles(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Cycle> cycles{1 + random() % 5};
  const Cycle pace = 1 + random() % 6;
  while (cycles.size() < 60)
    cycles.push_back(cycles.back() + (random() % 4 == 0 ? random() % (8 * pace) : random() % pace));
  return cycles;
}

TEST(DramTiming, takes_requests_and_completes_them_in_the_cycles_of_the_unit) {
  constexpr std::size_t kEntries = 4;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    DramParameters parameters = kDram;
    parameters.channels = 1;
    parameters.channel_bytes_per_cycle = std::uint32_t{8} << (seed % 4);
    parameters.latency_cycles = 1 + seed * 7 % 90;
    Lab lab;
    Channel<Burst> queue(lab.simulation, kEntries);
    Channel<Burst> completions(lab.simulation, 64, burst_latency(parameters));
    Dram dram("dram", lab.simulation, parameters, lab.state, {&queue}, completions);
    const std::vector<Cycle> cycles = random_cycles(seed);
    Source<Burst> source("source", lab, queue, DramLab::reads(cycles));
    Sink<Burst> sink("sink", lab, completions, 0, 64);
    queue.connect(source, dram);
    completions.connect(dram, sink);
    ASSERT_EQ(lab.run(), Simulation::End::idle);

    DramTiming timing(parameters, kEntries);
    Cycles taken, done;
    for (const Cycle cycle : cycles) {
      const Cycle from = std::max({cycle, timing.free_from(0), taken.empty() ? 0 : taken.back()});
      taken.push_back(from);
      done.emplace_back();
      ASSERT_EQ(timing.request(0, 1, from, &done.back()), 1U);
    }
    EXPECT_EQ(source.pushed(), taken) << seed;
    EXPECT_EQ(sink.cycles(), done) << seed;
  }
}

// 8 banks of 8 bytes.
constexpr GlobalBufferParameters kBuffer{.capacity_kib = 64, .banks = 8, .bank_bytes = 8};
using Script = std::vector<std::pair<Cycle, BufferBeat>>;

struct BufferLab {
  explicit BufferLab(const std::array<Script, kBufferClients>& scripts,
                     const GlobalBufferParameters& parameters = kBuffer) {
    std::array<BufferPort, kBufferClients> ports;
    for (std::size_t i = 0; i < kBufferClients; ++i) {
      requests.push_back(std::make_unique<Channel<BufferBeat>>(lab.simulation, 16));
      grants.push_back(std::make_unique<Channel<BufferBeat>>(lab.simulation, 4));
      ports[i] = {requests[i].get(), grants[i].get()};
    }
    buffer = std::make_unique<GlobalBuffer>("global_buffer", lab.simulation, parameters, lab.state, ports);
    for (std::size_t i = 0; i < kBufferClients; ++i) {
      sources.push_back(std::make_unique<Source<BufferBeat>>(("source_" + std::to_string(i)).c_str(), lab,
                                                             *requests[i], scripts[i]));
      sinks.push_back(
          std::make_unique<Sink<BufferBeat>>(("sink_" + std::to_string(i)).c_str(), lab, *grants[i]));
      requests[i]->connect(*sources[i], *buffer);
      grants[i]->connect(*buffer, *sinks[i]);
    }
    end = lab.run();
  }
  const Cycles& granted(BufferClient client) const {
    return sinks[static_cast<std::size_t>(client)]->cycles();
  }

  Lab lab;
  std::vector<std::unique_ptr<Channel<BufferBeat>>> requests;
  std::vector<std::unique_ptr<Channel<BufferBeat>>> grants;
  std::unique_ptr<GlobalBuffer> buffer;
  std::vector<std::unique_ptr<Source<BufferBeat>>> sources;
  std::vector<std::unique_ptr<Sink<BufferBeat>>> sinks;
  Simulation::End end = Simulation::End::idle;
};

TEST(GlobalBuffer, shows_the_grant_of_a_beat_asked_for_at_cycle_10_at_cycle_12) {
  BufferLab run({Script{{10, {0, 32, 0}}}});
  EXPECT_EQ(run.granted(BufferClient::dma_write), Cycles{12});
  EXPECT_EQ(run.lab.state.events[Event::global_buffer_write_byte], 32U);
}

TEST(GlobalBuffer, grants_beats_on_different_banks_in_the_same_cycle) {
  BufferLab run({Script{{10, {0, 32, 0}}}, Script{{10, {32, 32, 0}}}});
  EXPECT_EQ(run.granted(BufferClient::dma_write), Cycles{12});
  EXPECT_EQ(run.granted(BufferClient::dma_read), Cycles{12});
}

TEST(GlobalBuffer, grants_beats_that_share_a_bank_one_after_the_other) {
  BufferLab run({Script{{10, {0, 32, 0}}}, Script{{10, {31, 8, 0}}}});
  EXPECT_EQ(run.granted(BufferClient::dma_write), Cycles{12});
  EXPECT_EQ(run.granted(BufferClient::dma_read), Cycles{13});
}

TEST(GlobalBuffer, lets_two_ports_that_want_the_same_bank_take_turns) {
  const Script three{{10, {0, 8, 0}}, {10, {0, 8, 0}}, {10, {0, 8, 0}}};
  BufferLab run({three, three});
  // Starting ports 0, 1, 2, ...: port 0 first, then 1; from start 2 on the ring reaches 0 before 1 again.
  EXPECT_EQ(run.granted(BufferClient::dma_write), (Cycles{12, 14, 15}));
  EXPECT_EQ(run.granted(BufferClient::dma_read), (Cycles{13, 16, 17}));
}

TEST(GlobalBuffer, lets_no_port_wait_more_than_six_cycles) {
  Script many;
  for (int i = 0; i < 12; ++i) many.emplace_back(10, BufferBeat{0, 64, 0});
  BufferLab run({many, many, many, many, many, many});
  for (std::size_t client = 0; client < kBufferClients; ++client) {
    const Cycles& cycles = run.sinks[client]->cycles();
    ASSERT_EQ(cycles.size(), 12U);
    for (std::size_t i = 1; i < cycles.size(); ++i) EXPECT_LE(cycles[i] - cycles[i - 1], 6U) << client;
  }
  EXPECT_EQ(run.lab.state.events[Event::global_buffer_read_byte], 3U * 12 * 64);
}

TEST(GlobalBuffer, moves_one_beat_per_port_and_cycle) {
  BufferLab run({Script{{10, {0, 64, 0}}, {10, {64, 64, 0}}, {10, {128, 64, 0}}}});
  EXPECT_EQ(run.granted(BufferClient::dma_write), (Cycles{12, 13, 14}));
}

TEST(GlobalBuffer, maps_a_beat_to_the_banks_of_its_words) {
  BufferLab run({});
  EXPECT_EQ(run.buffer->banks_of({0, 8, 0}), 0b00000001U);
  EXPECT_EQ(run.buffer->banks_of({7, 2, 0}), 0b00000011U);
  EXPECT_EQ(run.buffer->banks_of({48, 32, 0}), 0b11000011U);
  EXPECT_EQ(run.buffer->banks_of({64, 64, 0}), 0b11111111U);
  EXPECT_THROW(run.buffer->banks_of({1, 64, 0}), ModelError);
}

TEST(GlobalBuffer, maps_beats_with_64_banks_and_with_one) {
  EXPECT_EQ(BufferLab({}, {64, 64, 8}).buffer->banks_of({504, 16, 0}), (std::uint64_t{1} << 63U) | 1U);
  EXPECT_EQ(BufferLab({}, {64, 64, 8}).buffer->banks_of({8, 512, 0}), ~std::uint64_t{0});
  EXPECT_EQ(BufferLab({}, {64, 1, 8}).buffer->banks_of({24, 8, 0}), 1U);
}

TEST(GlobalBuffer, refuses_a_beat_beyond_its_capacity) {
  BufferLab run({Script{{10, {65535, 2, 0}}}});
  ASSERT_EQ(run.end, Simulation::End::failed);
  try {
    std::rethrow_exception(run.lab.simulation.take_failure());
  } catch (const ModelError& error) {
    EXPECT_STREQ(error.what(), "global_buffer: port dma_write reaches byte 65537 of 65536");
  }
  EXPECT_EQ(run.buffer->state(), "dma_write waits with 1 beats");
}

TEST(BeatShape, cuts_a_beat_at_its_width_and_where_a_bank_would_be_needed_twice) {
  const BeatShape narrow(kBuffer, 32);
  EXPECT_EQ(narrow.beat_bytes(0, 100), 32U);
  EXPECT_EQ(narrow.beat_bytes(5, 100), 32U);
  EXPECT_EQ(narrow.beat_bytes(0, 7), 7U);
  const BeatShape wide(kBuffer, 1000);
  EXPECT_EQ(wide.beat_bytes(0, 1000), 64U);
  EXPECT_EQ(wide.beat_bytes(5, 1000), 59U);
}

}  // namespace
}  // namespace lnsim
