// The logarithmic lane beside its twin, for every row of lns_lane.models, and the mutants of it.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "models/arith/lns_layout.h"
#include "models_lns_lane.h"
#include "mutants_lns_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/lane_lockstep.h"
#include "tests/lockstep/lane_parameters.h"
#include "tests/lockstep/recorded.h"

namespace lnsim::lockstep {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";
constexpr const char* kUnit = "lns_lane";

struct Model {
  std::string name;
  std::function<std::unique_ptr<LaneTwin>()> make;
};
std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.name;
}

#define MODEL(name) Model{#name, [] { return std::make_unique<LaneTwinOf<V##name>>(); }},
const std::vector<Model> kModels{MODELS_LNS_LANE(MODEL)};
const std::vector<Model> kMutants{MUTANTS_LNS_LANE(MODEL)};
#undef MODEL

std::vector<arith::Code> corners(const arith::FormatParameters& format) {
  const arith::LnsLayout layout(format);
  const arith::Code top = layout.encode(false, layout.top());
  return {layout.zero_code(),
          top,
          layout.encode(true, layout.top()),
          layout.encode(false, 0),
          layout.encode(true, layout.lowest(true)),
          layout.encode(false, std::min(1, layout.top()))};
}

LaneShape shape_of(const LaneParameters& lane) {
  const auto a = arith::make_format(lane.a), b = arith::make_format(lane.b);
  LaneShape shape;
  shape.vector_size = lane.vector_size;
  shape.entries = lane.entries;
  shape.bits_a = a->storage_bits();
  shape.bits_b = b->storage_bits();
  // An exact accumulator holds sums of so many products and not any number of its width.
  const bool narrow = lane.datapath.accumulator == arith::AccumulatorMode::narrow;
  shape.load_bits = narrow ? lane.datapath.accumulator_bits : 0;
  shape.pipeline_stages = lane.datapath.pipeline_stages;
  shape.corners_a = corners(lane.a);
  shape.corners_b = corners(lane.b);
  shape.recorded_a = recorded_codes(*a, false);
  shape.recorded_b = recorded_codes(*b, true);
  return shape;
}

void count_events(const LaneParameters& lane, const LaneSeen& seen) {
  const arith::DatapathParameters& p = lane.datapath;
  const bool narrow = p.accumulator == arith::AccumulatorMode::narrow;
  coverage().count(kUnit, "beats", seen.beats);
  coverage().count(kUnit, "cycles without a beat", seen.idle);
  coverage().count(kUnit, "beats into the entry of the beat before", seen.same_entry_again);
  coverage().count(kUnit, "sums that came back", seen.loads);
  coverage().count(kUnit, "products", seen.counts.products);
  coverage().count(kUnit, "zero products", seen.counts.zero_products);
  coverage().count(kUnit, "lost products", seen.counts.lost_products);
  if (!narrow) return;
  coverage().count(kUnit, p.overflow == arith::Overflow::wrap ? "wraps" : "saturations",
                   seen.counts.saturations);
  coverage().count(
      kUnit,
      "truncated at " + std::string(arith::kTruncationPointNames[static_cast<std::size_t>(p.truncate_at)]) +
          " by " + std::string(arith::kTruncationRuleNames[static_cast<std::size_t>(p.truncation)]),
      seen.counts.truncated_sums);
}

void require_events() {
  for (const char* what : {"beats into the entry of the beat before", "cycles without a beat",
                           "sums that came back", "zero products", "lost products", "wraps", "saturations"})
    coverage().require(kUnit, what, kReduced ? 10 : 1000);
  for (const std::string_view point : arith::kTruncationPointNames)
    for (const std::string_view rule : arith::kTruncationRuleNames)
      coverage().require(kUnit, "truncated at " + std::string(point) + " by " + std::string(rule),
                         kReduced ? 10 : 1000);
  if (!kReduced) coverage().require_all_codes(kUnit, 9);  // 8 bits and the zero flag
}

class LnsLane : public testing::TestWithParam<Model> {};

TEST_P(LnsLane, equals_its_twin_in_every_cycle) {
  const Model& model = GetParam();
  const LaneParameters lane =
      lns_lane_parameters(find_row(read_models(kFolder / "lns_lane.models"), model.name));
  const auto twin = model.make();
  const LaneShape shape = shape_of(lane);
  LaneStimulus stimulus(shape, std::hash<std::string>{}(model.name));
  if (!kReduced && shape.vector_size == 1 && shape.bits_a + shape.bits_b <= 18) stimulus.all_pairs_first();
  const LaneSeen seen = run_lane(lane, *twin, stimulus, cycles_of_run(400'000));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles(kUnit, seen.cycles);
  coverage().combination(kUnit, model.name);
  coverage().codes(kUnit, model.name + ".a", seen.codes_a);
  coverage().codes(kUnit, model.name + ".b", seen.codes_b);
  count_events(lane, seen);
  require_events();
}

INSTANTIATE_TEST_SUITE_P(All, LnsLane, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class LnsLaneMutant : public testing::TestWithParam<Model> {};

TEST_P(LnsLaneMutant, is_caught) {
  const Model& mutant = GetParam();
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), mutant.name);
  const LaneParameters lane =
      lns_lane_parameters(find_row(read_models(kFolder / "lns_lane.models"), mutation.row));
  const auto twin = mutant.make();
  LaneStimulus stimulus(shape_of(lane), 1);
  const LaneSeen seen = run_lane(lane, *twin, stimulus, 20'000);
  EXPECT_NE(seen.mismatch, "") << "not caught within 20000 cycles: " << mutation.text << " -> "
                               << mutation.replacement;
  coverage().count("mutants", "caught", 1);
}

INSTANTIATE_TEST_SUITE_P(All, LnsLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
