// A recorded tensor on its way into an operand format: its elements are rounded at whatever scale their group
// takes.
//
// Activations, errors and gradients are rounded from the recorded value. Weights first take the format they
// are stored in (U) and are rounded from that code, as the machine's DMA engine does: between two LNS formats
// in integers (arith::convert), otherwise from the stored code's value.
//
// Stochastic rounding draws its word from the seed and the element's index alone: independent of order and
// tiling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/arith/lns_layout.h"
#include "models/arith/number_format.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// A seed for a tensor's stochastic rounding, from its key (FNV-1a).
std::uint64_t seed_of(std::string_view tensor_key);

double max_magnitude(std::span<const double> values);

// Weights as stored.
struct StoredWeights {
  const arith::NumberFormat* format = nullptr;  // U
  arith::Scale scale;
};

// The scale at which weights with this largest magnitude are stored: the recorded one, moved to the format's
// own grid, where the recorded storage and the format span the same octaves; otherwise the format's scale for
// the magnitude.
arith::Scale stored_weight_scale(const UpdateRecord* record, const arith::NumberFormat& format,
                                 double largest_magnitude);

class OperandSource {
 public:
  // The format must outlive it.
  OperandSource(std::vector<double> values, const arith::NumberFormat& format, std::uint64_t seed);
  // Weights: both formats must outlive it.
  OperandSource(std::vector<double> values, const StoredWeights& stored, const arith::NumberFormat& format,
                std::uint64_t seed);

  std::size_t size() const { return values_.size(); }
  const arith::NumberFormat& format() const { return *format_; }
  // As the quantiser sees them: recorded values, or the values of the stored codes.
  std::span<const double> values() const { return values_; }

  // The scale of the whole tensor: for its largest magnitude, or, between LNS formats, the one that keeps the
  // top of the stored weights' range.
  arith::Scale tensor_scale() const { return tensor_scale_; }
  // The scale of a group of elements; the tensor's where the group holds zeros only.
  arith::Scale group_scale(double largest_magnitude) const;

  // `stream_index` is the element's place in the stochastic rounding's stream.
  arith::Code quantise(std::size_t element, arith::Scale scale, std::uint64_t stream_index,
                       arith::QuantiseCounts& counts) const;

  // Of the rounding into the stored format.
  const arith::QuantiseCounts& stored_counts() const { return stored_counts_; }

 private:
  // Between LNS formats.
  struct Conversion {
    arith::LnsLayout from, to;
    arith::Scale scale;
    std::vector<arith::Code> codes;
  };

  std::vector<double> values_;
  const arith::NumberFormat* format_;
  std::uint64_t seed_;
  arith::Scale tensor_scale_;
  std::optional<Conversion> conversion_;
  arith::QuantiseCounts stored_counts_;
};

}  // namespace lnsim
