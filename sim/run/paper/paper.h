// Recomputes what is published about LNS-Madam (configs/paper/published.yaml).
//
// Energies per iteration have one constant per datapath (slot_constants.h), fitted on the rows marked
// `fitted` (BERT). Those marked `predicted` (ResNet) get constant x slots, where the simulator counts the
// slots: those that hold useful products and those of the same beats that hold padding.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/compare/characterised.h"
#include "sim/run/iteration.h"
#include "sim/run/paper/published.h"
#include "sim/run/paper/slot_constants.h"

namespace lnsim {

// The files of a folder of presets.
struct PaperFiles {
  explicit PaperFiles(const std::filesystem::path& folder)
      : published(folder / "published.yaml"),
        carbon(folder / "carbon.yaml"),
        pe_level(folder / "pe-level.yaml"),
        operators(folder / "operators-45nm.yaml") {}

  std::filesystem::path published, carbon;
  std::filesystem::path pe_level;          // run config of the published PE and its energy table
  std::filesystem::path operators;         // the same machine, energies of single operations
  std::filesystem::path characterisation;  // empty: none
};

// Multiplier slots of one iteration at batch 1, by the simulator.
struct SlotCount {
  std::string workload;
  std::uint64_t macs = 0;                  // useful
  std::uint64_t closed_macs = 0;           // three times those of the forward pass
  std::array<std::uint64_t, 3> padding{};  // by pass: forward, input gradient, weight gradient

  std::uint64_t occupied() const { return macs + padding[0] + padding[1] + padding[2]; }
};

// A row of published.yaml with one of its workloads.
struct IterationComparison {
  PublishedIteration row;
  SlotCount slots;
  std::map<arith::DatapathKind, double> ours_mj;
  double implied_slots = 0.0;  // printed energy over constant, by the figure with the most digits

  // Of the slots that the printed energy implies beyond useful ones, the part that padding explains; nothing
  // when it implies none.
  std::optional<double> explained() const;
};

struct GptRow {
  std::string size;
  std::uint64_t parameters = 0;
  std::uint64_t macs = 0;  // of an iteration: 2048 tokens, without a head
  std::map<arith::DatapathKind, double> joules;
};

// Energies of BERT-Base with single operations at 45 nm, pJ, on the machine held in elements.
struct OperatorEnergies {
  double datapath = 0.0;
  double processing_element = 0.0;
};

// Energy of an ImageNet training of ResNet-50.
struct CarbonRow {
  std::string of;  // `published`, or the workload predicted
  std::map<arith::DatapathKind, double> joules;

  double saved_percent() const;  // LNS of FP32; both are there
};

struct PaperResult {
  Published published;
  CarbonInputs carbon_inputs;
  std::optional<Characterisation> characterisation;
  std::map<arith::DatapathKind, SlotConstant> constants;
  std::vector<IterationComparison> iterations;
  std::vector<GptRow> gpt;
  std::map<arith::DatapathKind, OperatorEnergies> operators;
  std::map<unsigned, double> operator_conversion_pj;  // datapath.mac of LNS by table entries, at 45 nm
  std::vector<CarbonRow> carbon;

  // Energy of `over` over that of LNS. Nothing where the source does not cover it.
  std::optional<double> constant_ratio(arith::DatapathKind over) const;
  std::optional<double> operator_ratio(arith::DatapathKind over, EnergyLevel level) const;
  std::optional<double> characterised_ratio(arith::DatapathKind over) const;
};

// Throws UserError for bad files and when no constant gives all printed figures of a datapath.
PaperResult compute_paper(const PaperFiles& files, unsigned jobs, const Progress& progress);

}  // namespace lnsim
