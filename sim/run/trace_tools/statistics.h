// What the recorded values of a trace look like, and how well number formats hold them.
//
// Tensors are read twice, a block at a time: for their largest magnitude, then for everything else. No tensor
// is held.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/arith/number_format.h"
#include "sim/run/progress.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace_tools/distribution.h"
#include "sim/run/trace_tools/tensor_role.h"

namespace lnsim {

// What a format makes of tensors, each rounded to nearest at the scale that the machine's quantiser would
// give it as a whole (NumberFormat::scale_for). A tensor's SNR is 10 log10(sum x^2 / sum (x - rounded)^2);
// tensors that the format holds exactly have none.
struct FormatFit {
  std::uint64_t tensors = 0;  // with an SNR
  std::uint64_t exact_tensors = 0;
  double sum_db = 0;
  double lowest_db = 0;
  arith::QuantiseCounts counts;

  std::optional<double> mean_db() const;
  FormatFit& operator+=(const FormatFit& other);
};

struct StatisticsRow {
  TensorRole role = TensorRole::other;
  std::string layer;  // empty: of all layers
  std::uint64_t tensors = 0;
  Distribution distribution;
  std::vector<FormatFit> fits;  // one per format
};

struct TraceStatistics {
  std::vector<std::shared_ptr<const arith::NumberFormat>> formats;
  std::vector<StatisticsRow> roles;   // in the order of TensorRole; those that occur
  std::vector<StatisticsRow> layers;  // per layer, in the order of the trace, and role
};

// Throws UserError when the trace has no tensors, and what TensorStore throws.
TraceStatistics trace_statistics(const Trace& trace, std::span<const arith::FormatParameters> formats,
                                 const Progress& progress);

// log2(1 / smallest), where `smallest` is the smallest magnitude above zero that the format holds at the
// scale for a largest magnitude of 1.
double octaves_below_largest(const arith::NumberFormat& format);

}  // namespace lnsim
