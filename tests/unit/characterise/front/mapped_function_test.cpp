// A mapped lane computes what its C++ twin does: wrapper, parameters, synthesis, cutting into blocks and the
// order of operands are right together.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "models/arith/lns_lane.h"
#include "models/arith/lns_layout.h"
#include "tests/unit/temporary_folder.h"
#include "tools/characterise/gates/gate_simulation.h"
#include "tools/characterise/gates/liberty.h"
#include "tools/characterise/stimulus.h"
#include "tools/characterise/synthesise.h"

namespace lnsim::characterise {
namespace {

constexpr unsigned kHolds = 12;

DesignParameters small_lane(arith::DatapathKind kind) {
  DesignParameters design;
  design.name = "lane";
  design.vector_size = 2;
  design.collector_entries = 2;
  design.datapath.kind = kind;
  design.datapath.pipeline_stages = 3;
  design.datapath.accumulator_bits = 16;
  design.datapath.lsb_octaves = 11;
  design.operand_a.bits = design.operand_b.bits = 5;
  design.operand_a.gamma = design.operand_b.gamma = 4;
  return design;
}

StreamParameters some_stream() {
  StreamParameters stream;
  stream.kind = StreamKind::log_normal;
  stream.zeros_a = 0.2;
  stream.beats_per_sum = 4;
  return stream;
}

std::unique_ptr<OperandStream> operands(const DesignParameters& design) {
  return make_operand_stream(some_stream(), design, 7, {});
}

// After each beat, the sum of the beat's entry.
std::vector<double> expected_sums(const DesignParameters& design) {
  const auto a = arith::make_format(format_a(design)), b = arith::make_format(format_b(design));
  const auto datapath = arith::make_datapath(design.datapath, *a, *b);
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  const std::size_t v = design.vector_size, wide = datapath->packed_bytes();
  std::vector<Line> packed_a(v * wide / 64 + 1), packed_b(v * wide / 64 + 1);
  std::vector<std::vector<Line>> sums(design.collector_entries,
                                      std::vector<Line>(datapath->accumulator_bytes() / 64 + 1));
  std::vector<double> result;
  const auto stream = operands(design);
  arith::DotCounts counts;
  for (unsigned held = 0; held < kHolds; ++held) {
    const Hold hold = stream->next();
    datapath->pack_a(hold.a, 0, packed_a.front().bytes);
    for (std::size_t entry = 0; entry < design.collector_entries; ++entry) {
      std::byte* sum = sums[entry].front().bytes;
      if (hold.first) datapath->clear(sum, 1);
      datapath->pack_b(std::span(hold.b).subspan(entry * v, v), 0, packed_b.front().bytes);
      datapath->beat(packed_a.front().bytes, packed_b.front().bytes, design.vector_size, 1, sum, counts);
      result.push_back(datapath->value(sum));
    }
  }
  return result;
}

double value_of(const DesignParameters& design, std::uint64_t bits) {
  if (design.datapath.kind == arith::DatapathKind::lns || design.datapath.kind == arith::DatapathKind::int8) {
    const unsigned width = design.datapath.accumulator_bits;
    const auto sum = static_cast<std::int64_t>(bits << (64 - width)) >> (64 - width);
    if (design.datapath.kind == arith::DatapathKind::int8) return static_cast<double>(sum);
    const arith::LnsLayout a(design.operand_a), b(design.operand_b);
    return std::ldexp(static_cast<double>(sum), arith::LnsGeometry(design.datapath, a, 0, b, 0).lsb_octave);
  }
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

std::vector<double> simulated_sums(const DesignParameters& design,
                                   const std::filesystem::path& liberty_file = OSU018_LIBERTY) {
  const TemporaryFolder folder;
  const std::filesystem::path liberty[] = {liberty_file};
  const gates::Library library = gates::read_liberty(liberty);
  const SynthesisLibrary files = write_synthesis_library(liberty, library, folder.path());
  const auto adder = find_full_adder(library);
  const MappedFiles mapped = synthesise(make_design(design), files, &*adder, {1000, "INVX1", 20},
                                        {LNSIM_SOURCE_DIR "/models/rtl"}, folder.path());
  const gates::MappedDesign gates(library, gates::read_netlist(mapped.json), mapped.json);
  gates::GateSimulation simulation(gates);
  const auto stimulus = make_lane_stimulus(design, operands(design));
  const std::size_t valid = gates.port("out_valid"), sum = gates.port("out_sum");
  const std::size_t beats = std::size_t{kHolds} * design.collector_entries;
  std::vector<double> result;
  for (std::size_t cycle = 0; cycle < beats + 20 && result.size() < beats; ++cycle) {
    for (const PortValue& value : stimulus->next()) simulation.set_input(gates.port(value.port), value.words);
    simulation.run_cycle();
    if (simulation.port_value(valid)[0] != 0)
      result.push_back(value_of(design, simulation.port_value(sum)[0]));
  }
  return result;
}

void replace(std::string& text, std::size_t from, const std::string& old, const std::string& by) {
  const std::size_t at = text.find(old, from);
  ASSERT_NE(at, std::string::npos) << old;
  text.replace(at, old.size(), by);
}

// The packaged library with a full adder of inverted outputs, as some libraries have it.
void write_inverting_library(const std::filesystem::path& path) {
  std::ifstream stream(OSU018_LIBERTY);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const std::size_t adder = text.find("cell (FAX1)");
  ASSERT_NE(adder, std::string::npos);
  replace(text, adder, "(((A B)+(B C))+(C A))", "!(((A B)+(B C))+(C A))");
  replace(text, adder, "((A^B)^C)", "!((A^B)^C)");
  std::ofstream(path) << text;
}

TEST(MappedFunction, OfTreesOfInvertingAddersIsThatOfTheTwin) {
  const TemporaryFolder folder;
  write_inverting_library(folder.path() / "inverting.lib");
  DesignParameters design = small_lane(arith::DatapathKind::lns);
  design.vector_size = 12;
  EXPECT_EQ(simulated_sums(design, folder.path() / "inverting.lib"), expected_sums(design));
}

TEST(MappedFunction, OfAnLnsLaneIsThatOfItsTwin) {
  DesignParameters design = small_lane(arith::DatapathKind::lns);
  design.datapath.table_entries = 2;
  EXPECT_EQ(simulated_sums(design), expected_sums(design));
}

TEST(MappedFunction, OfALaneWithSplitSignsAndAnExactTableIsThatOfItsTwin) {
  DesignParameters design = small_lane(arith::DatapathKind::lns);
  design.split_signs = true;
  design.datapath.truncate_at = arith::TruncationPoint::product;
  design.datapath.pipeline_stages = 5;
  EXPECT_EQ(simulated_sums(design), expected_sums(design));
}

TEST(MappedFunction, OfAnIntegerLaneIsThatOfItsTwin) {
  DesignParameters design = small_lane(arith::DatapathKind::int8);
  for (const bool booth : {false, true}) {
    design.booth = booth;
    EXPECT_EQ(simulated_sums(design), expected_sums(design));
  }
}

TEST(MappedFunction, OfAFloatingPointLaneIsThatOfItsTwin) {
  DesignParameters design = small_lane(arith::DatapathKind::fp8_e4m3);
  design.vector_size = 1;
  for (const auto accumulation : {arith::FloatAccumulation::per_step, arith::FloatAccumulation::aligned}) {
    design.datapath.float_accumulation = accumulation;
    EXPECT_EQ(simulated_sums(design), expected_sums(design));
  }
}

}  // namespace
}  // namespace lnsim::characterise
