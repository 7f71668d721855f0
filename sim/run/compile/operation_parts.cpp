#include "sim/run/compile/operation_parts.h"

#include <algorithm>

#include "sim/run/compile/whole_units.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

constexpr std::int64_t kMostBeats = std::int64_t{1} << 19;       // of a product, per PE
constexpr std::int64_t kMostElements = std::int64_t{1} << 24;    // of an operator without a product
constexpr std::int64_t kMostParameters = std::int64_t{1} << 26;  // of an update

// Rows or columns of a part are a multiple of this: whole tiles of any grid in use.
constexpr std::int64_t kWholeTiles = 512;

double beats(const GemmDims& g, const PeParameters& pe) {
  return static_cast<double>(g.batch) * static_cast<double>(ceil_div(g.m, pe.lanes)) *
         static_cast<double>(g.n) * static_cast<double>(ceil_div(g.k, pe.vector_size)) / pe.count;
}

std::vector<OperationPart> cut_product(const TraceOperation& operation, std::int64_t GemmDims::*extent,
                                       std::int64_t step) {
  const auto part_of = [&](std::int64_t length) {
    TraceOperation part = operation;
    (*part.gemm).*extent = length;
    const GemmDims& g = *part.gemm;
    part.macs = static_cast<std::uint64_t>(g.batch * g.m * g.n * g.k);
    return part;
  };
  const std::int64_t whole = (*operation.gemm).*extent;
  std::vector<OperationPart> parts{{part_of(step), static_cast<std::uint64_t>(whole / step)}};
  if (whole % step > 0) parts.push_back({part_of(whole % step), 1});
  return parts;
}

// Cuts the batch, then the longer side in halves, until a part is small enough.
std::vector<OperationPart> product_parts(const TraceOperation& operation, const PeParameters& pe) {
  const GemmDims& g = *operation.gemm;
  if (beats(g, pe) <= static_cast<double>(kMostBeats)) return {{operation, 1}};
  std::int64_t GemmDims::*extent = g.batch > 1 ? &GemmDims::batch : g.m > g.n ? &GemmDims::m : &GemmDims::n;
  const std::int64_t tile = g.batch > 1 ? 1 : kWholeTiles;
  const std::int64_t step = ceil_div(ceil_div(g.*extent, 2), tile) * tile;
  if (step >= g.*extent) return {{operation, 1}};
  std::vector<OperationPart> parts;
  for (const OperationPart& half : cut_product(operation, extent, step)) {
    for (OperationPart part : product_parts(half.operation, pe)) {
      part.repeats *= half.repeats;
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

std::vector<OperationPart> element_parts(const TraceOperation& operation, std::int64_t most) {
  const auto elements = element_count(operation.shape);
  if (!elements || *elements <= most) return {{operation, 1}};
  const auto part_of = [&](std::int64_t length) {
    TraceOperation part = operation;
    part.shape = {length};
    return part;
  };
  std::vector<OperationPart> parts{{part_of(most), static_cast<std::uint64_t>(*elements / most)}};
  if (*elements % most > 0) parts.push_back({part_of(*elements % most), 1});
  return parts;
}

}  // namespace

std::vector<OperationPart> operation_parts(const TraceOperation& operation, const RunConfig& config) {
  if (operation.conv || !operation.a.empty() || (operation.update && !operation.update->w.empty()))
    return {{operation, 1}};
  if (operation.gemm) return product_parts(operation, config.machine.pe);
  return element_parts(operation, operation.pass == Pass::update ? kMostParameters : kMostElements);
}

}  // namespace lnsim
