// What is exported from runs agrees with the runs.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "models/memory/dram_request.h"
#include "sim/run/compile/compile.h"
#include "sim/run/config/run_config.h"
#include "sim/run/iteration.h"
#include "sim/run/trace/trace_totals.h"
#include "tools/export/astra_sim.h"
#include "tools/export/dramsys.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LNSIM_SOURCE_DIR;
const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

class Export : public testing::Test {
 protected:
  Export()
      : config_(read_run_config(kSource / "configs/accelerators/lns-madam.yaml")),
        costs_(read_energy_table(kSource / "configs/energy/published-45nm.yaml", config_.machine)),
        trace_(read_trace(kSource / "traces/digits-cnn.jsonl")) {}

  IterationResult run() const {
    return run_iteration(trace_, config_, costs_, {.values = Values::shapes_only}, kSilent);
  }

  RunConfig config_;
  EnergyCosts costs_;
  Trace trace_;
};

TEST_F(Export, WorkloadOfAstraSimAddsUpToTheIteration) {
  const IterationResult result = run();
  std::istringstream lines(astra_sim_workload(result, trace_, config_));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  std::uint64_t cycles = 0;
  std::uint64_t bytes = 0;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::vector<std::string> field;
    for (std::string word; fields >> word;) field.push_back(word);
    ASSERT_EQ(field.size(), 12U) << line;
    for (const std::size_t i : {2U, 5U, 8U, 11U}) cycles += std::stoull(field[i]);
    bytes += std::stoull(field[10]);
  }
  EXPECT_EQ(cycles, result.run.cycles);
  EXPECT_EQ(bytes, trace_totals(trace_).updated_values);  // gradients of a byte each, lns8g8
}

struct Requests {
  std::uint64_t reads = 0, writes = 0;
  std::uint64_t last_cycle = 0;
};

// DRAMSys, configs/README.md: comments begin with #; cycle: [(length)] command hex-address.
Requests read_stl(const std::string& text, std::uint64_t burst_bytes) {
  static const std::regex kLine(R"(^(\d+): \((\d+)\) (read|write) 0x([0-9a-f]+)$)");
  std::istringstream lines(text);
  Requests requests;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::smatch match;
    EXPECT_TRUE(std::regex_match(line, match, kLine)) << line;
    if (match.empty()) return requests;
    const std::uint64_t cycle = std::stoull(match[1]);
    EXPECT_GE(cycle, requests.last_cycle) << line;
    requests.last_cycle = cycle;
    EXPECT_EQ(std::stoull(match[2]), burst_bytes) << line;
    EXPECT_EQ(std::stoull(match[4], nullptr, 16) % burst_bytes, 0U) << line;
    ++(match[3] == "read" ? requests.reads : requests.writes);
  }
  return requests;
}

TEST_F(Export, TraceForDramSysHasEveryBurstOfTheIterationInOrder) {
  const IterationResult result = run();
  std::ostringstream out;
  const DramTraceTotals totals = write_dramsys_trace(out, trace_, config_, costs_, std::nullopt, kSilent);
  const std::uint64_t burst = config_.machine.dram.burst_bytes;
  const Requests requests = read_stl(out.str(), burst);
  EXPECT_EQ(requests.reads * burst, result.run.events[Event::dram_read_byte]);
  EXPECT_EQ(requests.writes * burst, result.run.events[Event::dram_write_byte]);
  EXPECT_EQ(totals.reads, requests.reads);
  EXPECT_EQ(totals.writes, requests.writes);
  EXPECT_EQ(totals.cycles, result.run.cycles);
  EXPECT_LT(requests.last_cycle, result.run.cycles);
  EXPECT_EQ(out.str().substr(0, 14), "# clkMhz 1050\n");
}

TEST_F(Export, TraceForDramSysOfOneOperationHasItsBursts) {
  const IterationResult result = run();
  std::ostringstream out;
  write_dramsys_trace(out, trace_, config_, costs_, 3, kSilent);
  const std::uint64_t burst = config_.machine.dram.burst_bytes;
  const Requests requests = read_stl(out.str(), burst);
  EXPECT_EQ(requests.reads * burst, result.operations[3].run.events[Event::dram_read_byte]);
  EXPECT_EQ(requests.writes * burst, result.operations[3].run.events[Event::dram_write_byte]);
}

// Each byte that a program fetches or writes back lies in a burst that is asked for, and no other is.
TEST_F(Export, RequestsAreTheBurstsOfTheProgramsTransfersInBothEngines) {
  const CompiledOperation compiled = compile(trace_.operations[0], trace_, config_, costs_);
  const std::uint64_t burst = config_.machine.dram.burst_bytes;
  std::map<std::pair<bool, std::uint64_t>, int> wanted;
  const auto want = [&](bool writes, std::uint64_t address, std::uint64_t bytes) {
    for (std::uint64_t at = address / burst * burst; at < address + bytes; at += burst)
      ++wanted[{writes, at}];
  };
  for (const Fetch& fetch : compiled.program.fetches) want(false, fetch.dram_address, fetch.dram_bytes);
  for (const WriteBack& write : compiled.program.write_backs) want(true, write.dram_address, write.bytes);

  std::array<std::vector<std::tuple<std::uint64_t, bool, std::uint64_t>>, 2> asked;
  for (const bool exact : {false, true}) {
    Accelerator accelerator(config_.machine, {.exact_step = exact});
    accelerator.run(compiled.program, [&](const DramRequest& request) {
      asked.at(exact ? 1 : 0).emplace_back(request.cycle, request.writes, request.address);
    });
  }
  EXPECT_EQ(asked[0], asked[1]);
  std::map<std::pair<bool, std::uint64_t>, int> found;
  for (const auto& [cycle, writes, address] : asked[0]) ++found[{writes, address}];
  EXPECT_EQ(found, wanted);
}

}  // namespace
}  // namespace lnsim
