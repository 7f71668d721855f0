// The publication recomputed: fitted figures to the printed digit, predictions by closed counts, carbon by
// its formula.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/errors.h"
#include "sim/run/paper/paper_report.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using arith::DatapathKind;
using testing::HasSubstr;

const PaperFiles& files() {
  static const PaperFiles kFiles(fs::path(LNSIM_SOURCE_DIR) / "configs/paper");
  return kFiles;
}

void ignore(std::size_t, std::size_t, const std::string&) {}

const PaperResult& paper() {
  static const PaperResult kResult = compute_paper(files(), 0, ignore);
  return kResult;
}

const IterationComparison& comparison_of(const std::string& workload) {
  for (const IterationComparison& comparison : paper().iterations) {
    if (comparison.slots.workload == workload) return comparison;
  }
  throw ModelError("no workload " + workload);
}

Characterisation gates() {
  return {"gates",
          "none",
          {{DatapathKind::lns, 1, {}, "invented", {{"trees", 4.0, 1.0}, {"constants", 0.5, 1.0}}},
           {DatapathKind::lns, 8, {}, "invented", {{"trees", 7.0, 1.0}, {"constants", 2.0, 1.0}}},
           {DatapathKind::fp32, {}, {}, "invented", {{"all", 81.0, 1.0}}}}};
}

// 12 L h^2 S + 2 L S^2 h, three times.
std::uint64_t bert_macs(std::uint64_t layers, std::uint64_t hidden) {
  constexpr std::uint64_t kTokens = 384;
  return 3 * (12 * layers * hidden * hidden * kTokens + 2 * layers * kTokens * kTokens * hidden);
}

TEST(Paper, meets_the_eight_fitted_figures_to_the_printed_digit) {
  std::size_t figures = 0;
  for (const IterationComparison& comparison : paper().iterations) {
    if (comparison.row.use != RowUse::fitted) continue;
    for (const auto& [kind, printed] : comparison.row.energy_mj) {
      ++figures;
      EXPECT_TRUE(printed.prints_as(comparison.ours_mj.at(kind)))
          << comparison.row.name << ' ' << printed.text();
    }
  }
  EXPECT_EQ(figures, 8U);
}

TEST(Paper, fills_every_slot_with_the_products_of_bert) {
  EXPECT_EQ(comparison_of("bert-base").slots.occupied(), bert_macs(12, 768));
  EXPECT_EQ(comparison_of("bert-large").slots.occupied(), bert_macs(24, 1024));
}

TEST(Paper, constants_lie_in_the_interval_of_every_fitted_figure) {
  EXPECT_EQ(paper().constants.size(), 4U);
  for (const auto& [kind, constant] : paper().constants) {
    for (const char* workload : {"bert-base", "bert-large"}) {
      const IterationComparison& comparison = comparison_of(workload);
      const double mj = constant.fj.value * static_cast<double>(comparison.slots.occupied()) * 1e-12;
      EXPECT_NEAR(mj, comparison.row.energy_mj.at(kind).value, 0.005);
    }
    EXPECT_NEAR(constant.preset_fj, constant.fj.value, 1e-9);  // configs/energy/pe-level-published.yaml
  }
}

// Vectors and lanes hold 32. The stem's three channels fill 3 of 32 slots of a vector, its 147 taps 147 of
// 160 lanes; the classifier has 1000 of 1024 rows. A weight gradient contracts over the pixels of the output:
// 784 of 800 in stage 2, 196 of 224 in stage 3, 49 of 64 in stage 4, and 1 of 32 in the classifier; the
// products of the three stages are equally many.
TEST(Paper, counts_the_padding_of_resnet18_as_the_shapes_say) {
  const SlotCount& slots = comparison_of("resnet18").slots;
  constexpr std::uint64_t kPixels = 112 * 112;
  constexpr std::uint64_t kStem = 64 * 3 * 7 * 7 * kPixels;
  constexpr std::uint64_t kClassifierRows = 24 * 512;
  constexpr std::uint64_t kStage = 7 * 7 * 512 * (256 * 9 + 3 * 512 * 9 + 256);
  static_assert(kStage == 28 * 28 * 128 * (64 * 9 + 3 * 128 * 9 + 64));
  EXPECT_EQ(slots.padding[0], kStem / 3 * 29 + kClassifierRows);
  EXPECT_EQ(slots.padding[1], kClassifierRows);
  EXPECT_EQ(slots.padding[2],
            kStage / 784 * 16 + kStage / 196 * 28 + kStage / 49 * 15 + 512 * 1000 * 31 + 13 * 64 * kPixels);
  EXPECT_EQ(slots.macs, slots.closed_macs - kStem);  // nobody asks for the image's gradient
}

TEST(Paper, predicts_resnets_as_constant_times_slots) {
  const IterationComparison& resnet = comparison_of("resnet50-v1");
  for (const auto& [kind, mj] : resnet.ours_mj) {
    EXPECT_DOUBLE_EQ(
        mj, static_cast<double>(resnet.slots.occupied()) * paper().constants.at(kind).fj.value / 1e12);
  }
  // 11.03 mJ at 842.94 fJ
  EXPECT_NEAR(resnet.implied_slots, 13.0852e9, 1e5);
  const double beyond = resnet.implied_slots - static_cast<double>(resnet.slots.macs);
  EXPECT_DOUBLE_EQ(*resnet.explained(),
                   static_cast<double>(resnet.slots.occupied() - resnet.slots.macs) / beyond);
}

TEST(Paper, charges_the_gpt_series_by_its_closed_count) {
  ASSERT_EQ(paper().gpt.size(), 6U);
  const GptRow& smallest = paper().gpt.front();
  constexpr std::uint64_t kLayer = 12ULL * 2304 * 2304 * 2048 + 2ULL * 2048 * 2048 * 2304;
  EXPECT_EQ(smallest.macs, 3 * 24 * kLayer);
  EXPECT_DOUBLE_EQ(
      smallest.joules.at(DatapathKind::lns),
      static_cast<double>(smallest.macs) * paper().constants.at(DatapathKind::lns).fj.value * 1e-15);
}

TEST(Paper, ratio_of_the_operators_datapaths_is_that_of_their_costs) {
  EXPECT_NEAR(*paper().operator_ratio(DatapathKind::fp32, EnergyLevel::datapath), 4.6 / 0.44, 1e-4);
  EXPECT_NEAR(*paper().operator_ratio(DatapathKind::int8, EnergyLevel::datapath), 0.275 / 0.44, 1e-4);
  EXPECT_DOUBLE_EQ(*paper().operator_ratio(DatapathKind::lns, EnergyLevel::processing_element), 1.0);
}

TEST(Paper, carbon_is_energy_times_its_inputs) {
  const CarbonInputs& inputs = paper().carbon_inputs;
  const CarbonRow& published = paper().carbon.front();
  EXPECT_EQ(published.of, "published");
  EXPECT_DOUBLE_EQ(published.joules.at(DatapathKind::fp32), 11.03e-3 * 1281167 * 90);
  EXPECT_DOUBLE_EQ(inputs.kg(3.6e6), inputs.pue.value * inputs.grid_kg_per_kwh.value);
  EXPECT_NEAR(published.saved_percent(), 100.0 * (1.0 - 0.99 / 11.03), 1e-9);
  EXPECT_NEAR(paper().published.carbon_saved_percent, 100.0 * (1.0 - 1.0 / 60.0), 0.05);
}

TEST(Paper, without_a_characterisation_invents_no_number) {
  for (const RatioRow& row : ratio_rows(paper())) EXPECT_FALSE(row.characterised) << row.name;
  EXPECT_FALSE(conversion_verdict(paper()));
  EXPECT_THAT(paper_text(paper()), HasSubstr("Gates: not characterised."));
  EXPECT_EQ(paper_json(paper(), files())["ratios"][0]["verdict_of_the_gates"], "not characterised");
}

TEST(Paper, sets_gates_beside_every_ratio_they_have) {
  PaperResult result = paper();
  result.characterisation = gates();
  EXPECT_DOUBLE_EQ(*result.characterised_ratio(DatapathKind::fp32), 9.0);
  EXPECT_FALSE(result.characterised_ratio(DatapathKind::int8));
  const std::vector<RatioRow> rows = ratio_rows(result);
  EXPECT_DOUBLE_EQ(*rows.front().characterised, 9.0);
  EXPECT_EQ(verdict(rows.front().published, rows.front().sense, rows.front().characterised), "85 % below");
}

// 9 fJ of 8 entries and 4.5 of one: twice, beside 19.02 / 12.29 = 1.55. Trees grow by 3, constants by 1.5.
TEST(Paper, names_the_block_that_makes_exact_conversion_dearer) {
  PaperResult result = paper();
  result.characterisation = gates();
  EXPECT_EQ(
      *conversion_verdict(result),
      "Exact conversion (8 entries) takes 2.00 times the energy of a single entry by our gates, 1.55 times "
      "as "
      "published: it is dearer than published. Of the 4.50 fJ more, 3.00 are those of the block trees.");
}

TEST(Paper, verdicts_follow_the_sense_of_the_claim) {
  EXPECT_EQ(verdict(10.0, Sense::over, 12.0), "agrees");
  EXPECT_EQ(verdict(10.0, Sense::over, 9.0), "10 % below");
  EXPECT_EQ(verdict(10.0, Sense::about, 10.9), "agrees");
  EXPECT_EQ(verdict(10.0, Sense::about, 12.0), "20 % above");
  EXPECT_EQ(verdict(10.0, Sense::about, std::nullopt), "not characterised");
}

TEST(Paper, prints_the_same_whatever_the_number_of_threads) {
  const PaperResult one = compute_paper(files(), 1, ignore);
  EXPECT_EQ(paper_text(one), paper_text(paper()));
  EXPECT_EQ(paper_json(one, files()).dump(), paper_json(paper(), files()).dump());
  EXPECT_EQ(paper_csv(one), paper_csv(paper()));
  EXPECT_EQ(gpt_svg(one), gpt_svg(paper()));
}

TEST(FittedConstants, that_do_not_exist_are_refused) {
  Published published;
  published.iterations = {{"a", RowUse::fitted, {"x"}, {{DatapathKind::lns, {1.00, 2}}}, {}},
                          {"b", RowUse::fitted, {"y"}, {{DatapathKind::lns, {3.00, 2}}}, {}},
                          {"c", RowUse::predicted, {"y"}, {{DatapathKind::fp16, {3.00, 2}}}, {}}};
  try {
    fit_constants(published, {{"x", 1000}, {"y", 2000}}, "p.yaml");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "p.yaml: iterations: got fitted energies of lns that no constant gives, expected figures in "
                 "proportion to the networks' products\n"
                 "p.yaml: iterations: got an energy of fp16 for c alone, expected one in a fitted row, too");
  }
}

}  // namespace
}  // namespace lnsim
