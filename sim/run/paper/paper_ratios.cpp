#include <fmt/format.h>

#include <cmath>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/paper/paper_report.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

constexpr double kAgreement = 0.10;  // our choice
constexpr double kRounding = 0.005;  // half of the percent that is printed

double block_fj(const CharacterisedDatapath& datapath, const std::string& name) {
  for (const CharacterisedBlock& block : datapath.blocks) {
    if (block.name == name) return block.fj_per_mac;
  }
  return 0.0;
}

}  // namespace

std::vector<RatioRow> ratio_rows(const PaperResult& result) {
  std::vector<RatioRow> rows;
  for (const PublishedClaim& claim : result.published.claims) {
    rows.push_back({claim.name, claim.over, claim.counts, claim.ratio, claim.sense,
                    result.operator_ratio(claim.over, claim.counts), result.characterised_ratio(claim.over),
                    claim.text, claim.from});
  }
  Provenance from;
  for (const PublishedIteration& row : result.published.iterations) {
    if (row.use == RowUse::fitted) from = row.from;
  }
  for (const auto& [kind, constant] : result.constants) {
    if (kind == DatapathKind::lns) continue;
    rows.push_back(
        {"table, " + datapath_name(kind), kind, EnergyLevel::processing_element, *result.constant_ratio(kind),
         Sense::about, result.operator_ratio(kind, EnergyLevel::processing_element),
         result.characterised_ratio(kind), "ratio of the constants fitted on the published table", from});
  }
  return rows;
}

std::string verdict(double published, Sense sense, const std::optional<double>& ours) {
  if (!ours) return "not characterised";
  const double deviation = *ours / published - 1.0;
  if (sense == Sense::over ? deviation >= -kRounding : std::abs(deviation) <= kAgreement) return "agrees";
  return fmt::format("{:.0f} % {}", 100.0 * std::abs(deviation), deviation < 0.0 ? "below" : "above");
}

std::optional<std::string> conversion_verdict(const PaperResult& result) {
  const auto& published = result.published.conversion_fj_per_op;
  if (!result.characterisation || published.size() < 2) return std::nullopt;
  const auto& [fewest, fewest_printed] = *published.begin();
  const auto& [most, most_printed] = *published.rbegin();
  const CharacterisedDatapath* mitchell = result.characterisation->find(DatapathKind::lns, fewest);
  const CharacterisedDatapath* exact = result.characterisation->find(DatapathKind::lns, most);
  if (mitchell == nullptr || exact == nullptr || mitchell->fj_per_mac() <= 0.0) return std::nullopt;
  const double printed = most_printed.value / fewest_printed.value;
  const double ours = exact->fj_per_mac() / mitchell->fj_per_mac();
  std::string text = fmt::format(
      "Exact conversion ({} entries) takes {:.2f} times the energy of {} by our gates, {:.2f} times as "
      "published: {}.",
      most, ours, fewest == 1 ? "a single entry" : fmt::format("{} entries", fewest), printed,
      ours > printed ? "it is dearer than published" : "it is not dearer than published");
  std::string block;
  double growth = 0.0;
  for (const CharacterisedBlock& candidate : exact->blocks) {
    const double more = candidate.fj_per_mac - block_fj(*mitchell, candidate.name);
    if (more <= growth) continue;
    growth = more;
    block = candidate.name;
  }
  if (!block.empty()) {
    text += fmt::format(" Of the {:.2f} fJ more, {:.2f} are those of the block {}.",
                        exact->fj_per_mac() - mitchell->fj_per_mac(), growth, block);
  }
  return text;
}

std::string explanation(const IterationComparison& comparison) {
  const SlotCount& slots = comparison.slots;
  const auto giga = [](double value) { return value * 1e-9; };
  const double useful = static_cast<double>(slots.macs);
  const double residual = comparison.implied_slots - static_cast<double>(slots.occupied());
  std::string text = fmt::format(
      "{} ({}): the printed energy implies {:.3f} G slots; the iteration has {:.3f} G useful products and "
      "{:.3f} G of "
      "padding beside them.",
      comparison.row.name, slots.workload, giga(comparison.implied_slots), giga(useful),
      giga(static_cast<double>(slots.occupied()) - useful));
  if (const std::optional<double> explained = comparison.explained()) {
    text += fmt::format(" Padding is {:.0f} % of what exceeds the useful products.", 100.0 * *explained);
  } else {
    text += " The printed energy is that of the useful products or less.";
  }
  const auto left = [&](double slots_left) {
    return fmt::format("{:.3f} G slots ({:.1f} %) {}", giga(std::abs(slots_left)),
                       100.0 * std::abs(slots_left) / comparison.implied_slots,
                       slots_left < 0.0 ? "too many" : "unexplained");
  };
  text += fmt::format(" That leaves {}.", left(residual));
  if (slots.closed_macs > slots.macs) {
    const auto more = static_cast<double>(slots.closed_macs - slots.macs);
    text += fmt::format(
        " Three passes of every layer, that is with the gradient of the input image, which no training "
        "computes, would "
        "be {:.3f} G products more and leave {}.",
        giga(more), left(residual - more));
  }
  return text;
}

}  // namespace lnsim
