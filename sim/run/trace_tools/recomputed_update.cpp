#include "sim/run/trace_tools/recomputed_update.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "sim/run/trace/npy.h"
#include "sim/run/trace_tools/stored_weight.h"

namespace lnsim {

namespace {

// What a step takes of one weight, and what was recorded of it.
struct Element {
  double w, g, m, v, out;
};

class Step {
 public:
  virtual ~Step() = default;
  // How far the recorded new weight is from what the step may give; 0 where it is that.
  virtual double distance(const Element& element) const = 0;
};

// Of a result that is kept in this type.
double unit_roundoff(const std::string& dtype) {
  switch (npy_element_bytes(dtype)) {
    case 2:
      return 0x1p-11;
    case 4:
      return 0x1p-24;
    default:
      return 0x1p-53;
  }
}

double correction(double decay, std::int64_t step) {
  return 1 - std::pow(decay, static_cast<double>(step));
}

// Beyond `allowed` a difference counts whole.
double beyond(double difference, double allowed) {
  return std::abs(difference) <= allowed ? 0 : std::abs(difference);
}

class MadamStep final : public Step {
 public:
  MadamStep(const UpdateRecord& update, double learning_rate)
      : update_(&update),
        top_(top_code(*update.store_bits)),
        codes_per_unit_(*update.store_gamma * learning_rate * update.learning_rate_scale),
        correction_(correction(update.beta, update.step)) {}

  double distance(const Element& e) const override {
    // A weight of zero has no logarithm, and stays what it is.
    if (e.w == 0 || e.out == 0) return e.w == e.out ? 0 : top_;
    if ((e.w < 0) != (e.out < 0)) return top_;
    const double v_hat = (update_->beta * e.v + (1 - update_->beta) * e.g * e.g) / correction_;
    const double quotient = v_hat == 0 ? 0 : e.g / std::sqrt(v_hat);
    constexpr double kSlack = 2.5 * 0x1p-24;
    const double one = moved(e.w, quotient * (1 - kSlack)), other = moved(e.w, quotient * (1 + kSlack));
    const double found = stored_code(e.out, *update_);
    return std::max({std::min(one, other) - found, found - std::max(one, other), 0.0});
  }

 private:
  // The new code.
  double moved(double w, double quotient) const {
    const double bound = update_->gradient_bound;
    const double g_star = std::nearbyint(std::clamp(quotient, -bound, bound));
    const double codes = std::nearbyint(codes_per_unit_ * g_star) * (w < 0 ? -1 : 1);
    return std::clamp(stored_code(w, *update_) - codes, 0.0, top_);
  }

  const UpdateRecord* update_;
  double top_;
  double codes_per_unit_;
  double correction_;
};

constexpr double kStepRoundings = 16;
constexpr double kWeightRoundings = 2;

class SgdStep final : public Step {
 public:
  SgdStep(double momentum, double learning_rate, double unit)
      : momentum_(momentum), learning_rate_(learning_rate), unit_(unit) {}

  double distance(const Element& e) const override {
    const double expected = e.w - learning_rate_ * (momentum_ * e.m + e.g);
    const double terms = learning_rate_ * (std::abs(momentum_ * e.m) + std::abs(e.g));
    return beyond(e.out - expected, unit_ * (kWeightRoundings * std::abs(e.w) + kStepRoundings * terms));
  }

 private:
  double momentum_, learning_rate_, unit_;
};

class AdamStep final : public Step {
 public:
  AdamStep(const UpdateRecord& update, double learning_rate, double unit)
      : momentum_(*update.momentum),
        beta_(*update.second_momentum),
        epsilon_(*update.epsilon),
        rate_(learning_rate / correction(momentum_, update.step)),
        correction_(correction(beta_, update.step)),
        unit_(unit) {}

  double distance(const Element& e) const override {
    const double old_m = momentum_ * e.m, new_m = (1 - momentum_) * e.g;
    const double v = beta_ * e.v + (1 - beta_) * e.g * e.g;
    const double scale = rate_ / (std::sqrt(v / correction_) + epsilon_);
    const double expected = e.w - scale * (old_m + new_m);
    const double terms = scale * (std::abs(old_m) + std::abs(new_m));
    return beyond(e.out - expected, unit_ * (kWeightRoundings * std::abs(e.w) + kStepRoundings * terms));
  }

 private:
  double momentum_, beta_, epsilon_, rate_, correction_, unit_;
};

// Nothing where the trace does not say enough.
std::unique_ptr<const Step> step_of(const UpdateRecord& update, const Trace& trace) {
  const std::optional<double> rate = update.learning_rate ? update.learning_rate : trace.header.learning_rate;
  if (!rate || update.w.empty() || update.dw.empty() || update.out.empty()) return nullptr;
  const bool first = update.step == 1;
  const bool has_m = first || !update.m.empty(), has_v = first || !update.v.empty();
  const double unit = unit_roundoff(trace.tensors.at(update.out).dtype);
  if (update.rule == "madam_int" || update.rule == "madam") {
    if (!has_v || !is_stored(update)) return nullptr;
    return std::make_unique<MadamStep>(update, *rate);
  }
  if (update.rule == "sgd" && update.momentum && (has_m || *update.momentum == 0))
    return std::make_unique<SgdStep>(*update.momentum, *rate, unit);
  if (update.rule == "adam" && update.momentum && update.second_momentum && update.epsilon && has_m && has_v)
    return std::make_unique<AdamStep>(update, *rate, unit);
  return nullptr;
}

// A tensor in blocks; zeros where there is none.
class StateBlocks {
 public:
  StateBlocks(const TensorStore& store, const std::string& key) {
    if (!key.empty()) blocks_.emplace(store.open(key));
  }
  std::span<const double> next(std::size_t size) {
    if (blocks_) return blocks_->next();
    zeros_.resize(size);
    return zeros_;
  }

 private:
  std::optional<TensorBlocks> blocks_;
  std::vector<double> zeros_;
};

}  // namespace

std::optional<UpdateDifference> recomputed_update(const UpdateRecord& update, const Trace& trace,
                                                  const TensorStore& store) {
  const std::unique_ptr<const Step> step = step_of(update, trace);
  if (!step) return std::nullopt;
  TensorBlocks weights = store.open(update.w), gradients = store.open(update.dw);
  TensorBlocks results = store.open(update.out);
  StateBlocks first_moments(store, update.m), second_moments(store, update.v);
  UpdateDifference difference;
  while (true) {
    const auto w = weights.next(), g = gradients.next(), out = results.next();
    if (w.empty()) return difference;
    const auto m = first_moments.next(w.size()), v = second_moments.next(w.size());
    difference.values += w.size();
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double distance = step->distance({w[i], g[i], m[i], v[i], out[i]});
      difference.differing += distance > 0 ? 1 : 0;
      difference.largest = std::max(difference.largest, distance);
    }
  }
}

}  // namespace lnsim
