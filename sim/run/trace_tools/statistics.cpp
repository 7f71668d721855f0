#include "sim/run/trace_tools/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

using arith::Code;
using arith::NumberFormat;
using arith::Scale;

double largest_magnitude(TensorBlocks blocks) {
  double largest = 0;
  for (auto block = blocks.next(); !block.empty(); block = blocks.next()) {
    for (const double value : block) largest = std::max(largest, std::abs(value));
  }
  return largest;
}

// One tensor in one format. Sums are relative to the tensor's largest magnitude, so that squares neither
// overflow nor vanish.
class Fitting {
 public:
  Fitting(const NumberFormat& format, double largest)
      : format_(&format), largest_(largest), scale_(format.scale_for(largest)) {}

  void add(std::span<const double> values) {
    for (const double value : values) {
      const Code code = format_->quantise(value, scale_, counts_);
      signal_ += square(value);
      noise_ += square(value - format_->value(code, scale_));
    }
  }

  FormatFit result() const {
    FormatFit fit;
    fit.counts = counts_;
    if (noise_ == 0) {
      fit.exact_tensors = 1;
      return fit;
    }
    fit.tensors = 1;
    fit.sum_db = fit.lowest_db = 10 * std::log10(signal_ / noise_);
    return fit;
  }

 private:
  double square(double value) const { return (value / largest_) * (value / largest_); }

  const NumberFormat* format_;
  double largest_;
  Scale scale_;
  arith::QuantiseCounts counts_;
  double signal_ = 0;
  double noise_ = 0;
};

StatisticsRow measure(const TensorStore& store, const std::string& key, const TensorPlace& place,
                      const std::vector<std::shared_ptr<const NumberFormat>>& formats) {
  StatisticsRow row{place.role, place.layer, 1, {}, std::vector<FormatFit>(formats.size())};
  const double largest = largest_magnitude(store.open(key));
  std::vector<Fitting> fittings;
  // A tensor of zeros has nothing to lose.
  if (largest > 0) {
    for (const auto& format : formats) fittings.emplace_back(*format, largest);
  }
  TensorBlocks blocks = store.open(key);
  for (auto block = blocks.next(); !block.empty(); block = blocks.next()) {
    row.distribution.add(block, largest);
    for (Fitting& fitting : fittings) fitting.add(block);
  }
  for (std::size_t i = 0; i < fittings.size(); ++i) row.fits[i] = fittings[i].result();
  return row;
}

void add(const StatisticsRow& tensor, StatisticsRow& row) {
  row.tensors += tensor.tensors;
  row.distribution += tensor.distribution;
  row.fits.resize(tensor.fits.size());
  for (std::size_t i = 0; i < row.fits.size(); ++i) row.fits[i] += tensor.fits[i];
}

// Layers in the order in which the trace names them first.
std::map<std::string, std::size_t> layer_order(const Trace& trace) {
  std::map<std::string, std::size_t> order;
  for (const TraceOperation& op : trace.operations) order.emplace(op.layer, order.size());
  return order;
}

}  // namespace

std::optional<double> FormatFit::mean_db() const {
  if (tensors == 0) return std::nullopt;
  return sum_db / static_cast<double>(tensors);
}

FormatFit& FormatFit::operator+=(const FormatFit& other) {
  if (other.tensors > 0) lowest_db = tensors == 0 ? other.lowest_db : std::min(lowest_db, other.lowest_db);
  tensors += other.tensors;
  exact_tensors += other.exact_tensors;
  sum_db += other.sum_db;
  counts += other.counts;
  return *this;
}

TraceStatistics trace_statistics(const Trace& trace, std::span<const arith::FormatParameters> formats,
                                 const Progress& progress) {
  if (trace.tensors.empty()) {
    throw UserError(Diagnostic{{trace.path.string()}, "", "shapes only", "a trace with recorded tensors"});
  }
  TraceStatistics statistics;
  for (const arith::FormatParameters& format : formats)
    statistics.formats.push_back(arith::make_format(format));
  const TensorStore store(trace);
  const std::map<std::string, std::size_t> order = layer_order(trace);
  std::map<TensorRole, StatisticsRow> roles;
  std::map<std::pair<std::size_t, TensorRole>, StatisticsRow> layers;
  std::size_t done = 0;
  for (const auto& [key, place] : tensor_places(trace)) {
    progress(done++, trace.tensors.size(), key);
    const StatisticsRow tensor = measure(store, key, place, statistics.formats);
    add(tensor, roles.try_emplace(place.role, StatisticsRow{place.role, "", 0, {}, {}}).first->second);
    if (place.role == TensorRole::other) continue;
    add(tensor, layers
                    .try_emplace({order.at(place.layer), place.role},
                                 StatisticsRow{place.role, place.layer, 0, {}, {}})
                    .first->second);
  }
  progress(done, trace.tensors.size(), "");
  for (auto& role : roles) statistics.roles.push_back(std::move(role.second));
  for (auto& layer : layers) statistics.layers.push_back(std::move(layer.second));
  return statistics;
}

double octaves_below_largest(const arith::NumberFormat& format) {
  const Scale scale = format.scale_for(1);
  Code code = format.zero_code();
  if (format.value(code, scale) == 0) code = format.next_up(code);
  return -std::log2(format.value(code, scale));
}

}  // namespace lnsim
