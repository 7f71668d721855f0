#include "sim/run/trace/trace_totals.h"

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

constexpr std::uint64_t kLargestSum = std::uint64_t{1} << 62;

// A line adds at most 2^62, so the sum fits before it is compared.
void add(std::uint64_t& sum, std::uint64_t count, const char* what, const Trace& trace) {
  sum += count;
  if (sum <= kLargestSum) return;
  throw UserError(Diagnostic{{trace.path.string()},
                             "",
                             std::string("more than 2^62 ") + what,
                             "a training iteration that fits 64-bit counts"});
}

}  // namespace

TraceTotals trace_totals(const Trace& trace) {
  TraceTotals totals;
  for (const TraceOperation& op : trace.operations) {
    if (op.gemm) {
      const auto pass = static_cast<std::size_t>(op.pass);
      add(totals.macs.at(pass), op.macs, "multiply-accumulates in a pass", trace);
      ++totals.products.at(pass);
    }
    if (op.update) {
      const auto values = static_cast<std::uint64_t>(element_count(op.shape).value_or(0));
      add(totals.updated_values, values, "updated values", trace);
      ++totals.updated_parameters;
    }
  }
  return totals;
}

}  // namespace lnsim
