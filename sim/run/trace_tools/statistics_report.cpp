#include "sim/run/trace_tools/statistics_report.h"

#include <fmt/format.h>

#include "sim/run/report/text_table.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<unsigned, 2> kDepths{8, 16};  // octaves

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string_view name_of(TensorRole role) {
  return kTensorRoleNames[static_cast<std::size_t>(role)];
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string fixed(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "";
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", 100 * *value) : "";
}

std::vector<std::string> row_names(const StatisticsRow& row, bool with_layer) {
  if (with_layer) return {row.layer, std::string(name_of(row.role))};
  return {std::string(name_of(row.role))};
}

std::string distribution_table(const std::vector<StatisticsRow>& rows, bool with_layer) {
  std::vector<std::string> header{"tensors of kind"};
  if (with_layer) header = {"layer", "tensors of kind"};
  const std::size_t text_columns = header.size();
  for (const char* column : {"count", "values", "zero %", "negative %", "largest", "range", "median", "1 %",
                             "lowest", "std dev", "< -8 %", "< -16 %"})
    header.emplace_back(column);
  TextTable table(header, text_columns);
  for (const StatisticsRow& row : rows) {
    const Distribution& d = row.distribution;
    std::vector<std::string> cells = row_names(row, with_layer);
    cells.push_back(grouped(row.tensors));
    cells.push_back(grouped(d.values()));
    cells.push_back(percent(share(d.zeros(), d.values())));
    cells.push_back(percent(share(d.negatives(), d.non_zeros())));
    cells.push_back(d.largest() ? fmt::format("{:.3g}", *d.largest()) : "");
    cells.push_back(fixed(d.range_octaves(), 1));
    for (const auto& figure : {d.quantile(0.5), d.quantile(0.01), d.lowest()})
      cells.push_back(fixed(figure, 1));
    cells.push_back(fixed(d.standard_deviation(), 2));
    for (const unsigned depth : kDepths) cells.push_back(percent(d.share_below(depth)));
    table.add(std::move(cells));
  }
  return table.str();
}

std::string snr_cell(const FormatFit& fit) {
  if (const auto mean = fit.mean_db()) return fmt::format("{:.1f}", *mean);
  return fit.exact_tensors > 0 ? "exact" : "";
}

// By kind a row per format, since there are few kinds; by layer a row per layer and kind.
std::string snr_by_format(const TraceStatistics& statistics, const std::vector<StatisticsRow>& rows) {
  std::vector<std::string> header{"format", "bits", "octaves"};
  for (const StatisticsRow& row : rows) header.emplace_back(name_of(row.role));
  TextTable table(header, 1);
  for (std::size_t i = 0; i < statistics.formats.size(); ++i) {
    const arith::NumberFormat& format = *statistics.formats[i];
    std::vector<std::string> cells{format.name(), std::to_string(format.storage_bits()),
                                   fmt::format("{:.1f}", octaves_below_largest(format))};
    for (const StatisticsRow& row : rows) cells.push_back(snr_cell(row.fits[i]));
    table.add(std::move(cells));
  }
  return table.str();
}

std::string snr_by_layer(const TraceStatistics& statistics, const std::vector<StatisticsRow>& rows) {
  std::vector<std::string> header{"layer", "tensors of kind"};
  for (const auto& format : statistics.formats) header.push_back(format->name());
  TextTable table(header, 2);
  for (const StatisticsRow& row : rows) {
    std::vector<std::string> cells = row_names(row, true);
    for (const FormatFit& fit : row.fits) cells.push_back(snr_cell(fit));
    table.add(std::move(cells));
  }
  return table.str();
}

Json histogram_json(const Distribution& distribution) {
  Json json = Json::array();
  for (const auto& [octave, count] : distribution.octaves())
    json.push_back({{"octave", octave}, {"values", count}});
  return json;
}

Json fit_json(const arith::NumberFormat& format, const FormatFit& fit) {
  return {{"format", format.name()},
          {"mean_snr_db", or_null(fit.mean_db())},
          {"lowest_snr_db", fit.tensors > 0 ? Json(fit.lowest_db) : Json(nullptr)},
          {"exact_tensors", fit.exact_tensors},
          {"saturated", fit.counts.saturated},
          {"underflow_clamped", fit.counts.underflow_clamped},
          {"underflow_flushed", fit.counts.underflow_flushed}};
}

Json row_json(const TraceStatistics& statistics, const StatisticsRow& row) {
  const Distribution& d = row.distribution;
  Json json;
  if (!row.layer.empty()) json["layer"] = row.layer;
  json["kind"] = name_of(row.role);
  json["tensors"] = row.tensors;
  json["values"] = d.values();
  json["zeros"] = d.zeros();
  json["negatives"] = d.negatives();
  json["largest_magnitude"] = or_null(d.largest());
  json["smallest_magnitude"] = or_null(d.smallest());
  json["dynamic_range_octaves"] = or_null(d.range_octaves());
  json["octaves_from_largest"] = {{"mean", or_null(d.mean())},
                                  {"standard_deviation", or_null(d.standard_deviation())},
                                  {"median", or_null(d.quantile(0.5))},
                                  {"percentile_1", or_null(d.quantile(0.01))},
                                  {"lowest", or_null(d.lowest())}};
  for (const unsigned depth : kDepths)
    json["octaves_from_largest"][fmt::format("share_below_minus_{}", depth)] = or_null(d.share_below(depth));
  json["histogram_log2_magnitude"] = histogram_json(d);
  json["histogram_octaves_below_largest"] = d.octaves_below_largest();
  json["formats"] = Json::array();
  for (std::size_t i = 0; i < row.fits.size(); ++i)
    json["formats"].push_back(fit_json(*statistics.formats[i], row.fits[i]));
  return json;
}

Json rows_json(const TraceStatistics& statistics, const std::vector<StatisticsRow>& rows) {
  Json json = Json::array();
  for (const StatisticsRow& row : rows) json.push_back(row_json(statistics, row));
  return json;
}

}  // namespace

std::string statistics_table(const TraceStatistics& statistics, const std::vector<StatisticsRow>& rows) {
  const bool with_layer = !rows.empty() && !rows.front().layer.empty();
  std::string text =
      "Octaves (range, median, 1 % quantile, lowest, standard deviation) are of the values that "
      "are not zero;\nall but the range are log2(magnitude / largest of the tensor)\n";
  text += distribution_table(rows, with_layer);
  if (statistics.formats.empty()) return text;
  text +=
      "\nQuantisation SNR in dB, mean of the tensors, each rounded to nearest at one scale; "
      "octaves: largest to smallest magnitude\n";
  return text + (with_layer ? snr_by_layer(statistics, rows) : snr_by_format(statistics, rows));
}

Json statistics_json(const Trace& trace, const TraceStatistics& statistics, bool by_layer) {
  Json json;
  json["trace"] = trace.path.generic_string();
  json["formats"] = Json::array();
  for (const auto& format : statistics.formats) {
    json["formats"].push_back({{"format", format->name()},
                               {"storage_bits", format->storage_bits()},
                               {"octaves_below_largest", octaves_below_largest(*format)}});
  }
  json["kinds"] = rows_json(statistics, statistics.roles);
  if (by_layer) json["layers"] = rows_json(statistics, statistics.layers);
  return json;
}

}  // namespace lnsim
