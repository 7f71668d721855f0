// The forms of a comparison: a table for the terminal with the ratios on top, JSON, CSV, and stacked bars.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/run/compare/comparison.h"

namespace lnsim {

struct ComparisonInputs {
  std::filesystem::path config_path;
  std::filesystem::path trace_path;
  std::filesystem::path energy_table_path;
  std::filesystem::path characterisation_path;  // empty: none
};

std::string comparison_table(const Comparison& comparison, const ComparisonOptions& options);
nlohmann::ordered_json comparison_json(const Comparison& comparison, const ComparisonOptions& options,
                                       const ComparisonInputs& inputs);
// A row per view and datapath.
std::string comparison_csv(const Comparison& comparison);
// A bar per datapath, cut by component.
std::string comparison_svg(const std::vector<ComparedMachine>& view, std::string_view view_name);

}  // namespace lnsim
