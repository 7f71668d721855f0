#include "sim/run/compile/signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/run/compile/mapper.h"

namespace lnsim {

std::string operation_signature(const TraceOperation& operation, const RunConfig& config) {
  std::string text = fmt::format("{} {}", operation.op, kPassNames[static_cast<std::size_t>(operation.pass)]);
  if (operation.conv) {
    const ConvDims& d = *operation.conv;
    text += fmt::format(" x[{},{},{},{}] w[{},{},{},{}] y[{},{}] groups {} stride {} pad {} dilation {}", d.n,
                        d.c, d.h, d.w, d.k, d.c / d.groups, d.r, d.s, d.p, d.q, d.groups, d.stride, d.pad,
                        d.dilation);
  } else if (operation.gemm) {
    const GemmDims& g = *operation.gemm;
    text += fmt::format(
        " b{} m{} n{} k{}{}{}{}{}{}", g.batch, g.m, g.n, g.k, operation.weights ? " weights" : "",
        operation.operand.empty() ? "" : " d" + operation.operand, operation.a_transposed ? " a^T" : "",
        operation.b_transposed ? " b^T" : "", operation.a.empty() ? "" : " recorded");
  } else {
    text += fmt::format(" [{}]", fmt::join(operation.shape, ","));
  }
  const std::size_t tiling = matching_tiling(operation, config.mapping);
  if (tiling < config.mapping.tiles.size()) text += fmt::format(" tiles[{}]", tiling);
  return text;
}

std::size_t matching_tiling(const TraceOperation& operation, const MappingParameters& mapping) {
  const std::string pass(kPassNames[static_cast<std::size_t>(operation.pass)]);
  const auto found = std::find_if(mapping.tiles.begin(), mapping.tiles.end(), [&](const GivenTiling& given) {
    return matches(given.layer, operation.layer) && matches(given.pass, pass);
  });
  return static_cast<std::size_t>(found - mapping.tiles.begin());
}

}  // namespace lnsim
