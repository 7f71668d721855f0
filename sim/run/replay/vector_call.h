// A use of an operator without a product, as its reference function takes it.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Its forward operands and parameters, and backward the gradient of its result.
struct VectorCall {
  std::vector<std::int64_t> shape;  // of the first operand; embedding: of the result
  std::vector<std::vector<double>> operands{};
  std::vector<std::vector<double>> parameters{};
  std::optional<double> epsilon{};
  std::optional<PoolingWindow> window{};
  std::vector<std::int64_t> result_shape{};  // of pooling
  std::vector<double> gradient{};
};

// Throws std::invalid_argument with `what` unless it is right.
inline void need(bool right, std::string_view what) {
  if (!right) throw std::invalid_argument(std::string(what));
}

inline const std::vector<double>& only_operand(const VectorCall& call) {
  need(call.operands.size() == 1, fmt::format("{} operands instead of one", call.operands.size()));
  return call.operands.front();
}

inline std::size_t extent(const VectorCall& call, std::size_t i) {
  return static_cast<std::size_t>(call.shape[i]);
}

// The product of the extents from `first` on.
inline std::size_t extents_from(const VectorCall& call, std::size_t first) {
  std::size_t count = 1;
  for (std::size_t i = first; i < call.shape.size(); ++i) count *= extent(call, i);
  return count;
}

inline std::size_t last_extent(const VectorCall& call) {
  need(!call.shape.empty(), "no extents");
  return extent(call, call.shape.size() - 1);
}

}  // namespace lnsim
