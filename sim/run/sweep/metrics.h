// What a sweep knows of a design point: the columns of its tables, the names that objectives and constraints
// may use beside parameters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/run/replay/numeric_error.h"

namespace lnsim {

enum class Metric : std::uint8_t {
  macs,
  cycles,
  time_s,
  energy_pj,
  processing_element_energy_pj,
  datapath_energy_pj,
  energy_delay_pj_s,
  dram_bytes,
  utilisation,
  lanes_um2,
  weight_sqnr_db,
  activation_sqnr_db,
  error_sqnr_db,
  gradient_sqnr_db,
  forward_sqnr_db,
  input_gradient_sqnr_db,
  weight_gradient_sqnr_db,
  lost_products,
  saturations,
  count
};
inline constexpr std::size_t kMetricCount = static_cast<std::size_t>(Metric::count);

struct MetricRow {
  Metric metric;
  std::string_view name;  // also a column of the database
  std::string_view unit;
  std::string_view doc;
};

inline constexpr std::array<MetricRow, kMetricCount> kMetrics{{
    {Metric::macs, "macs", "", "multiply-accumulates of the traces"},
    {Metric::cycles, "cycles", "", "cycles of the traces' iterations, added up"},
    {Metric::time_s, "time_s", "s", "their time at the machine's clock"},
    {Metric::energy_pj, "energy_pj", "pJ", "energy of the system"},
    {Metric::processing_element_energy_pj, "processing_element_energy_pj", "pJ",
     "of it, processing elements and weight-update units"},
    {Metric::datapath_energy_pj, "datapath_energy_pj", "pJ", "of it, multiply-accumulate lanes"},
    {Metric::energy_delay_pj_s, "energy_delay_pj_s", "pJ s", "energy_pj times time_s"},
    {Metric::dram_bytes, "dram_bytes", "B", "read from and written to DRAM"},
    {Metric::utilisation, "utilisation", "", "multiplier slots that hold useful work, of all, 0..1"},
    {Metric::lanes_um2, "lanes_um2", "um2",
     "area of the multiply-accumulate lanes, where the sweep names a characterisation that has them"},
    {Metric::weight_sqnr_db, "weight_sqnr_db", "dB", "recorded weights rounded to their format"},
    {Metric::activation_sqnr_db, "activation_sqnr_db", "dB", "recorded activations rounded to their format"},
    {Metric::error_sqnr_db, "error_sqnr_db", "dB", "recorded activation gradients rounded to their format"},
    {Metric::gradient_sqnr_db, "gradient_sqnr_db", "dB", "recorded weight gradients rounded to their format"},
    {Metric::forward_sqnr_db, "forward_sqnr_db", "dB",
     "sums of replayed forward products, against the recorded results"},
    {Metric::input_gradient_sqnr_db, "input_gradient_sqnr_db", "dB",
     "sums of replayed input-gradient products, against the recorded results"},
    {Metric::weight_gradient_sqnr_db, "weight_gradient_sqnr_db", "dB",
     "sums of replayed weight-gradient products, against the recorded results"},
    {Metric::lost_products, "lost_products", "",
     "products of recorded operands that fall below the accumulator's LSB, of all, 0..1"},
    {Metric::saturations, "saturations", "", "accumulations of recorded operands that saturate"},
}};

// What an estimate of a point's cycles, or of the PEs it uses, may have wrong.
inline constexpr std::array kEstimatedMetrics{Metric::cycles,
                                              Metric::time_s,
                                              Metric::energy_pj,
                                              Metric::processing_element_energy_pj,
                                              Metric::datapath_energy_pj,
                                              Metric::energy_delay_pj_s,
                                              Metric::dram_bytes,
                                              Metric::utilisation};

// Metrics that are not known are absent.
using Metrics = std::array<std::optional<double>, kMetricCount>;

inline std::optional<double>& at(Metrics& metrics, Metric metric) {
  return metrics[static_cast<std::size_t>(metric)];
}
inline const std::optional<double>& at(const Metrics& metrics, Metric metric) {
  return metrics[static_cast<std::size_t>(metric)];
}

// The SQNR of what equals its reference: our choice, above what any format loses. Where infinities or NaNs
// appear it is 0.
inline constexpr double kExactDb = 200.0;

// The SQNR that several products have together, in dB: the mean of their noise-to-signal ratios, so that each
// counts the same whatever its size and magnitudes. Nothing for none.
class MeanSqnr {
 public:
  void add(const ErrorFigures& figures);
  std::optional<double> db() const;

 private:
  double noise_to_signal_ = 0.0;
  std::size_t products_ = 0;
};

}  // namespace lnsim
