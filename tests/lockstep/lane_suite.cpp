#include "tests/lockstep/lane_suite.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/arith/integer_format.h"
#include "models/arith/lns_layout.h"
#include "models/arith/minifloat.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/recorded.h"

namespace lnsim::lockstep {
namespace {

using arith::Code;

const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";

ModelRow row_of(const std::string& unit, const std::string& name) {
  return find_row(read_models(kFolder / (unit + ".models")), name);
}

std::vector<Code> lns_corners(const arith::FormatParameters& format) {
  const arith::LnsLayout layout(format);
  return {layout.zero_code(),
          layout.encode(false, layout.top()),
          layout.encode(true, layout.top()),
          layout.encode(false, 0),
          layout.encode(true, layout.lowest(true)),
          layout.encode(false, std::min(1, layout.top()))};
}

std::vector<Code> integer_corners(const arith::FormatParameters& format) {
  const Code sign = Code{1} << (format.bits - 1);
  return {0, 1, 2 * sign - 1, sign - 1, sign + 1, sign};
}

std::vector<Code> float_corners(const arith::FormatParameters& format) {
  const arith::MinifloatLayout layout = arith::minifloat_layout(format);
  const Code sign = layout.sign_bit(), smallest_normal = Code{1} << layout.mantissa_bits;
  const Code above = layout.max_finite() + 1;  // infinity, or the only NaN
  return {0,
          sign,
          1,
          sign | 1,
          smallest_normal,
          layout.max_finite(),
          sign | layout.max_finite(),
          above,
          above,
          sign | above,
          layout.nan(),
          smallest_normal - 1};
}

std::vector<Code> corners(const arith::FormatParameters& format) {
  if (format.kind == arith::FormatKind::lns) return lns_corners(format);
  return format.kind == arith::FormatKind::integer ? integer_corners(format) : float_corners(format);
}

LaneShape shape_of(const LaneParameters& lane) {
  const auto a = arith::make_format(lane.a), b = arith::make_format(lane.b);
  LaneShape shape;
  shape.vector_size = lane.vector_size;
  shape.entries = lane.entries;
  shape.bits_a = a->storage_bits();
  shape.bits_b = b->storage_bits();
  // An exact accumulator holds the sums of so many products, and not any number of its width.
  const bool narrow = lane.datapath.accumulator == arith::AccumulatorMode::narrow;
  shape.load_bits = narrow ? arith::make_datapath(lane.datapath, *a, *b)->accumulator_bits() : 0;
  shape.pipeline_stages = lane.datapath.pipeline_stages;
  shape.corners_a = corners(lane.a);
  shape.corners_b = corners(lane.b);
  shape.recorded_a = recorded_codes(*a, false);
  shape.recorded_b = recorded_codes(*b, true);
  return shape;
}

void count_lns_truncation(const arith::DatapathParameters& p, const LaneSeen& seen) {
  const auto point = static_cast<std::size_t>(p.truncate_at), rule = static_cast<std::size_t>(p.truncation);
  coverage().count("lns_lane",
                   "truncated at " + std::string(arith::kTruncationPointNames[point]) + " by " +
                       std::string(arith::kTruncationRuleNames[rule]),
                   seen.counts.truncated_sums);
}

void count_events(const std::string& unit, const LaneParameters& lane, const LaneSeen& seen) {
  const auto count = [&](const char* what, std::uint64_t times) { coverage().count(unit, what, times); };
  count("beats", seen.beats);
  count("cycles without a beat", seen.idle);
  count("beats into the entry of the beat before", seen.same_entry_again);
  count("sums that came back", seen.loads);
  count("products", seen.counts.products);
  count("zero products", seen.counts.zero_products);
  count("lost products", seen.counts.lost_products);
  count("truncated sums", seen.counts.truncated_sums);
  const bool wraps = lane.datapath.overflow == arith::Overflow::wrap;
  count(wraps ? "wraps" : "saturations", seen.counts.saturations);
  if (lane.datapath.kind == arith::DatapathKind::lns &&
      lane.datapath.accumulator == arith::AccumulatorMode::narrow)
    count_lns_truncation(lane.datapath, seen);
}

}  // namespace

void expect_equal(const std::string& unit, const LaneModel& model, std::uint64_t cycles) {
  const LaneParameters lane = lane_parameters(row_of(unit, model.name));
  const auto twin = model.make();
  const LaneShape shape = shape_of(lane);
  LaneStimulus stimulus(shape, std::hash<std::string>{}(model.name));
  if (!kReduced && shape.vector_size == 1 && shape.bits_a + shape.bits_b <= 18) stimulus.all_pairs_first();
  const LaneSeen seen = run_lane(lane, *twin, stimulus, cycles_of_run(cycles));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles(unit, seen.cycles);
  coverage().combination(unit, model.name);
  coverage().codes(unit, model.name + ".a", seen.codes_a);
  coverage().codes(unit, model.name + ".b", seen.codes_b);
  count_events(unit, lane, seen);
  if (!kReduced) coverage().require_all_codes(unit, 9);  // 8 bits and a zero flag
}

void expect_equal_netlist(const std::string& unit, const LaneModel& netlist, std::uint64_t cycles) {
  const LaneParameters lane = lane_parameters(row_of(unit, row_of_netlist(netlist.name)));
  const auto twin = netlist.make();
  LaneStimulus stimulus(shape_of(lane), 2);
  const LaneSeen seen = run_lane(lane, *twin, stimulus, cycles_of_run(cycles));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles("netlists", seen.cycles);
  coverage().combination("netlists", netlist.name);
}

void expect_caught(const std::string& unit, const LaneModel& mutant) {
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), mutant.name);
  const LaneParameters lane = lane_parameters(row_of(unit, mutation.row));
  const auto twin = mutant.make();
  LaneStimulus stimulus(shape_of(lane), 1);
  const LaneSeen seen = run_lane(lane, *twin, stimulus, 20'000);
  EXPECT_NE(seen.mismatch, "") << "not caught: " << mutation.text << " -> " << mutation.replacement;
  coverage().count("mutants", "caught", seen.mismatch.empty() ? 0 : 1);
}

}  // namespace lnsim::lockstep
