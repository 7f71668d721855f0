// The forms of a trace's statistics: tables for the terminal, JSON, and a picture.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/run/trace_tools/statistics.h"

namespace lnsim {

// Two tables of the rows: distributions, and the mean SNR of the row's tensors in each format.
std::string statistics_table(const TraceStatistics& statistics, const std::vector<StatisticsRow>& rows);

// With `by_layer`, every layer's rows as well.
nlohmann::ordered_json statistics_json(const Trace& trace, const TraceStatistics& statistics, bool by_layer);

// A self-contained SVG: for every role of tensors a histogram of the octaves below the largest magnitude, and
// below them the range of each format.
std::string statistics_svg(const Trace& trace, const TraceStatistics& statistics);

}  // namespace lnsim
