#include "sim/run/trace_tools/recompute.h"

#include <algorithm>
#include <cmath>

#include "sim/run/compile/product.h"
#include "sim/run/replay/exact_product.h"
#include "sim/run/replay/operand_gather.h"
#include "sim/run/replay/operand_source.h"

namespace lnsim {

namespace {

constexpr std::uint32_t kVector = 64;  // elements that are gathered together

double top_code(int bits) {
  return std::ldexp(1, bits - 1) - 1;
}

// A code on the grid 2^((code + k) / gamma), brought into the range of the format.
double lns_value(double code, double k, double top, int gamma, bool flush, double sign_of) {
  if (code < 0 && flush) return 0;
  return std::copysign(std::exp2((std::clamp(code, 0.0, top) + k) / gamma), sign_of);
}

// round(gamma log2 |w|) - k, of a weight that is not zero.
double stored_code(double w, const UpdateRecord& record) {
  return std::nearbyint(*record.store_gamma * std::log2(std::abs(w))) - *record.store_k;
}

bool is_stored(const UpdateRecord& record) {
  return record.store_bits && record.store_gamma && record.store_k && record.store_kb;
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

// The codes by which one weight may have moved: both ends are the same except beside a midpoint of g*.
struct Moves {
  double least, most;
};

class MadamStep {
 public:
  MadamStep(const UpdateRecord& update, double learning_rate)
      : update_(&update),
        codes_per_unit_(*update.store_gamma * learning_rate * update.learning_rate_scale),
        correction_(1 - std::pow(update.beta, static_cast<double>(update.step))) {}

  Moves moves(double g, double v, double w) const {
    const double v_hat = (update_->beta * v + (1 - update_->beta) * g * g) / correction_;
    const double quotient = v_hat == 0 ? 0 : g / std::sqrt(v_hat);
    constexpr double kSlack = 2.5 * 0x1p-24;
    const double one = codes(quotient * (1 - kSlack), w), other = codes(quotient * (1 + kSlack), w);
    return {std::min(one, other), std::max(one, other)};
  }

 private:
  double codes(double quotient, double w) const {
    const double bound = update_->gradient_bound;
    const double g_star = std::nearbyint(std::clamp(quotient, -bound, bound));
    return -std::nearbyint(codes_per_unit_ * g_star) * (w < 0 ? -1 : 1);
  }

  const UpdateRecord* update_;
  double codes_per_unit_;
  double correction_;
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

std::optional<UpdateDifference> recomputed_update(const UpdateRecord& update, const TraceHeader& header,
                                                  const TensorStore& store) {
  const bool is_madam = update.rule == "madam_int" || update.rule == "madam";
  const std::optional<double> rate = update.learning_rate ? update.learning_rate : header.learning_rate;
  if (!is_madam || !is_stored(update) || !rate) return std::nullopt;
  if (update.w.empty() || update.dw.empty() || update.v.empty() || update.out.empty()) return std::nullopt;
  TensorBlocks weights = store.open(update.w), gradients = store.open(update.dw);
  TensorBlocks moments = store.open(update.v), results = store.open(update.out);
  const MadamStep step(update, *rate);
  const double top = top_code(*update.store_bits);
  UpdateDifference difference;
  while (true) {
    const auto w = weights.next(), g = gradients.next(), v = moments.next(), out = results.next();
    if (w.empty()) return difference;
    for (std::size_t i = 0; i < w.size(); ++i) {
      ++difference.values;
      // A weight of zero, which has no logarithm, stays what it is.
      if (w[i] == 0 || out[i] == 0) {
        difference.differing += w[i] != out[i] ? 1 : 0;
        continue;
      }
      const double old = stored_code(w[i], update), found = stored_code(out[i], update);
      const Moves moves = step.moves(g[i], v[i], w[i]);
      const double least = std::clamp(old + moves.least, 0.0, top);
      const double most = std::clamp(old + moves.most, 0.0, top);
      const double distance = std::max({least - found, found - most, 0.0});
      const bool other = distance != 0 || (w[i] < 0) != (out[i] < 0);
      difference.differing += other ? 1 : 0;
      difference.largest = std::max(difference.largest, static_cast<std::int64_t>(distance));
    }
  }
}

}  // namespace lnsim
