#include "sim/run/trace_tools/recomputed_product.h"

#include <algorithm>
#include <cmath>

#include "sim/run/compile/product.h"
#include "sim/run/replay/exact_product.h"
#include "sim/run/replay/operand_gather.h"
#include "sim/run/replay/operand_source.h"
#include "sim/run/trace_tools/stored_weight.h"

namespace lnsim {

namespace {

constexpr std::uint32_t kVector = 64;  // elements that are gathered together

// A code on the grid 2^((code + k) / gamma), brought into the range of the format.
double lns_value(double code, double k, double top, int gamma, bool flush, double sign_of) {
  if (code < 0 && flush) return 0;
  return std::copysign(std::exp2((std::clamp(code, 0.0, top) + k) / gamma), sign_of);
}

// An operand's values where its tensor has them.
class PlainOperand final : public OperandRows {
 public:
  PlainOperand(const Product& product, const MatrixView& view, std::int64_t rows,
               const std::vector<double>& values)
      : rows_(rows), gather_(view, product.contraction, Packing::flat, kVector), values_(&values) {}

  std::int64_t rows() const override { return rows_; }
  std::int64_t row_elements() const override { return gather_.vectors() * kVector; }
  void values(std::int64_t group, std::int64_t row, double* out) const override {
    static constexpr double kZero = 0;
    const auto* zero = reinterpret_cast<const std::byte*>(&kZero);
    gather_.read(
        {reinterpret_cast<const std::byte*>(values_->data()), values_->size(), zero, zero, sizeof(double)},
        group, row, 0, gather_.vectors(), reinterpret_cast<std::byte*>(out));
  }

 private:
  std::int64_t rows_;
  OperandGather gather_;
  const std::vector<double>* values_;
};

}  // namespace

RecordedRounding::RecordedRounding(const Trace& trace) : header_(&trace.header) {
  for (const TraceOperation& op : trace.operations) {
    if (op.update && is_stored(*op.update)) stored_.emplace(op.update->w, &*op.update);
  }
}

void RecordedRounding::round(const std::string& key, TensorRole role, std::vector<double>& values) const {
  const char* kind = role == TensorRole::weight ? "W" : role == TensorRole::error ? "E" : "A";
  const auto format = header_->numerics.find(kind);
  const double largest = max_magnitude(values);
  if (format == header_->numerics.end() || largest == 0) return;
  const auto [bits, gamma] = format->second;
  const bool flush = header_->underflow == "flush";
  const double top = top_code(bits);
  const auto stored = stored_.find(key);
  const double k = stored == stored_.end() ? std::nearbyint(gamma * std::log2(largest)) - top
                                           : static_cast<double>(*stored->second->store_kb);
  for (double& value : values) {
    if (value == 0) continue;
    double code = 0;
    if (stored == stored_.end()) {
      code = std::nearbyint(gamma * std::log2(std::abs(value))) - k;
    } else {
      const UpdateRecord& record = *stored->second;
      const double on_stored_grid = stored_code(value, record) + *record.store_k;
      code = std::floor(on_stored_grid * gamma / *record.store_gamma + 0.5) - k;
    }
    value = lns_value(code, k, top, gamma, flush, value);
  }
}

std::vector<double> recomputed_product(const TraceOperation& operation, const TensorStore& store,
                                       const RecordedRounding& rounding) {
  const auto [role_a, role_b] = operand_roles(operation);
  std::vector<double> a = store.read(operation.a).values;
  rounding.round(operation.a, role_a, a);
  std::vector<double> b = store.read(operation.b).values;
  rounding.round(operation.b, role_b, b);
  const std::vector<Product> products = products_of(operation);
  std::int64_t results = 0;
  for (const Product& p : products) results += p.groups * p.rows * p.columns;
  std::vector<double> out(static_cast<std::size_t>(results));
  for (const Product& p : products) {
    const bool a_stays = p.stationary == TraceOperand::a;
    const PlainOperand rows(p, p.a, p.rows, a_stays ? a : b);
    const PlainOperand columns(p, p.b, p.columns, a_stays ? b : a);
    exact_product(p, rows, columns, out);
  }
  return out;
}

}  // namespace lnsim
