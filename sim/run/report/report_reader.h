// Takes from report.json and comparison.json what pictures are drawn from, so that a picture drawn later is
// the one that was drawn with the report.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/run/compare/comparison.h"
#include "sim/run/iteration.h"

namespace lnsim {

// Layers with their pass, cycles, events and energy, and the sums; nothing of mappings and numeric error.
struct ReadRun {
  IterationResult result;
  AcceleratorParameters machine;
};

// Of a document that check_report_document accepts and that stands in `file`. Throws UserError for events
// that are missing and configs that are none.
ReadRun read_run(const nlohmann::ordered_json& report, const std::string& file);

// A view (`equal_lanes` or `equal_area`): configs, names of the costs, and energies that are right by
// component.
std::vector<ComparedMachine> read_view(const nlohmann::ordered_json& comparison, const std::string& view,
                                       const std::string& file);

}  // namespace lnsim
