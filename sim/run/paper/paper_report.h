// The forms of the recomputed publication: text, JSON, CSV, and the energies of the GPT series as a picture.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/run/paper/paper.h"

namespace lnsim {

// A published ratio beside ours: the claims, and the ratios of the constants.
struct RatioRow {
  std::string name;
  arith::DatapathKind over = arith::DatapathKind::fp32;
  EnergyLevel counts = EnergyLevel::datapath;
  double published = 1.0;
  Sense sense = Sense::about;
  std::optional<double> operators;      // simulated, single operations at 45 nm, the same level
  std::optional<double> characterised;  // gates, datapath alone whatever the row counts
  std::string text;
  Provenance from;
};
std::vector<RatioRow> ratio_rows(const PaperResult& result);

// "agrees", "12 % below", ... For `about`, 10 % to either side agree (our choice). Without `ours`: "not
// characterised".
std::string verdict(double published, Sense sense, const std::optional<double>& ours);

// What the gates say of exact conversion: how much more a datapath with a full table takes than one with a
// single entry, beside what is published, and the block that grows most. Nothing without a characterisation
// of both.
std::optional<std::string> conversion_verdict(const PaperResult& result);

// One sentence per predicted workload: what utilisation explains, and what remains.
std::string explanation(const IterationComparison& comparison);

std::string paper_text(const PaperResult& result);
nlohmann::ordered_json paper_json(const PaperResult& result, const PaperFiles& files);
// A row per figure: section, name, datapath, unit, published, ours, deviation_percent, confidence.
std::string paper_csv(const PaperResult& result);
// Energy of an iteration over the sizes of the series, a line per datapath; the energy is logarithmic.
std::string gpt_svg(const PaperResult& result);

}  // namespace lnsim
