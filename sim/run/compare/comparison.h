// One trace on one machine with several datapaths.
//
// Two views. Equal lanes: every machine has the config's PEs and lanes. Equal area: the lanes of every PE are
// as many as give the area that the first datapath's lanes take, rounded to the nearest whole number and at
// least one; area is that of the lanes alone (registers included, buffers, collector and post-processing left
// out), from a gate-level characterisation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/run/compare/characterised.h"
#include "sim/run/compare/scaled_machine.h"
#include "sim/run/iteration.h"

namespace lnsim {

struct ComparisonOptions {
  std::vector<arith::DatapathKind> datapaths;  // ratios are to the first one
  SizesHeld held = SizesHeld::elements;
  std::optional<Characterisation> characterisation = {};
  unsigned jobs = 0;
};

struct ComparedMachine {
  RunConfig config;
  EnergyCosts costs;
  IterationResult result;
  std::optional<double> lanes_um2;  // area of all lanes of all PEs

  std::string datapath() const;
};

struct Comparison {
  std::vector<ComparedMachine> equal_lanes;
  std::vector<ComparedMachine> equal_area;  // empty where there are no areas
  std::string no_area_because;              // then: why not
};

// A datapath that the config does not have gets its usual formats (usual_formats.h); the config's own stays
// as the config describes it. Operands' values are left aside. Throws UserError for machines out of their
// ranges, for what the energy table does not cover and for what run_iteration refuses.
Comparison compare_datapaths(const Trace& trace, const RunConfig& config,
                             const std::filesystem::path& config_path, const ComparisonOptions& options,
                             const Progress& progress);

// The machine of `config` with another datapath, at the width of its operands.
RunConfig config_with_datapath(const RunConfig& config, arith::DatapathKind kind, SizesHeld held);

// A figure of a machine that a comparison shows as a ratio.
struct ComparedFigure {
  std::string_view name;    // in tables
  std::string_view column;  // in CSV and JSON, with its unit
  double (*of)(const ComparedMachine& machine);
};
const std::vector<ComparedFigure>& compared_figures();

}  // namespace lnsim
