#include "sim/run/replay/operand_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/arith/lns_convert.h"
#include "models/update/random_word.h"

namespace lnsim {

using arith::Code;
using arith::FormatKind;
using arith::Scale;

std::uint64_t seed_of(std::string_view tensor_key) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : tensor_key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

double max_magnitude(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

arith::Scale stored_weight_scale(const UpdateRecord* record, const arith::NumberFormat& format,
                                 double largest_magnitude) {
  const arith::FormatParameters& own = format.parameters();
  const Scale fitted = format.scale_for(largest_magnitude);
  if (record == nullptr || !record->store_bits || !record->store_gamma || !record->store_k) return fitted;
  if (own.kind != FormatKind::lns || *record->store_bits > 16) return fitted;
  const std::int64_t gamma = own.gamma, recorded_gamma = *record->store_gamma;
  const bool same_octaves = (gamma << (*record->store_bits - 1)) == (recorded_gamma << (own.bits - 1));
  const std::int64_t k = *record->store_k * gamma;
  const std::int64_t grid =
      own.scale == arith::ScaleKind::power_of_two ? gamma * recorded_gamma : recorded_gamma;
  if (!same_octaves || k % grid != 0) return fitted;
  return {static_cast<std::int32_t>(k / recorded_gamma)};
}

OperandSource::OperandSource(std::vector<double> values, const arith::NumberFormat& format,
                             std::uint64_t seed)
    : values_(std::move(values)),
      format_(&format),
      seed_(seed),
      tensor_scale_(format.scale_for(max_magnitude(values_))) {}

OperandSource::OperandSource(std::vector<double> values, const StoredWeights& stored,
                             const arith::NumberFormat& format, std::uint64_t seed)
    : values_(std::move(values)), format_(&format), seed_(seed) {
  std::vector<Code> codes(values_.size());
  for (std::size_t i = 0; i < values_.size(); ++i) {
    codes[i] = stored.format->quantise(values_[i], stored.scale, stored_counts_);
    values_[i] = stored.format->value(codes[i], stored.scale);
  }
  const arith::FormatParameters& from = stored.format->parameters();
  const arith::FormatParameters& to = format.parameters();
  if (from.kind != FormatKind::lns || to.kind != FormatKind::lns) {
    tensor_scale_ = format.scale_for(max_magnitude(values_));
    return;
  }
  conversion_.emplace(
      Conversion{arith::LnsLayout(from), arith::LnsLayout(to), stored.scale, std::move(codes)});
  tensor_scale_ = arith::convert_scale(stored.scale, conversion_->from, conversion_->to);
  if (to.scale == arith::ScaleKind::power_of_two) {
    const auto gamma = static_cast<std::int32_t>(to.gamma);
    tensor_scale_.k = (tensor_scale_.k + gamma - 1) & -gamma;
  }
}

Scale OperandSource::group_scale(double largest_magnitude) const {
  if (largest_magnitude == 0) return tensor_scale_;
  return {std::min(format_->scale_for(largest_magnitude).k, tensor_scale_.k)};
}

Code OperandSource::quantise(std::size_t element, Scale scale, std::uint64_t stream_index,
                             arith::QuantiseCounts& counts) const {
  if (format_->parameters().rounding == arith::Rounding::stochastic) {
    const std::uint32_t word = random_word(seed_, 0, stream_index);
    return format_->quantise_stochastic(values_[element], scale, word, counts);
  }
  if (conversion_) {
    return arith::convert(conversion_->codes[element], conversion_->from, conversion_->scale, conversion_->to,
                          scale, counts);
  }
  return format_->quantise(values_[element], scale, counts);
}

}  // namespace lnsim
