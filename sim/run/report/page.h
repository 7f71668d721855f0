// A report as one HTML file that needs nothing else: no network, no folder beside it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lnsim {

// The page of a run (report.json), a comparison (comparison.json) or a sweep (sweep.json) that
// check_report_document accepts. Equal documents give equal bytes.
std::string report_page(const nlohmann::ordered_json& document);

}  // namespace lnsim
