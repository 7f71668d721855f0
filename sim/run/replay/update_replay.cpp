#include "sim/run/replay/update_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "models/arith/integer_format.h"
#include "models/arith/lns_layout.h"
#include "sim/base/errors.h"
#include "sim/run/replay/operand_source.h"

namespace lnsim {

using arith::Code;
using arith::Scale;

namespace {

struct RuleName {
  std::string_view name;
  OptimizerKind kind;
};
// As traces spell the rules. `madam_int` and `madam` are one rule: the update unit rounds the normalised
// gradient to an integer.
constexpr std::array kRules{RuleName{"madam_int", OptimizerKind::madam},
                            RuleName{"madam", OptimizerKind::madam}, RuleName{"sgd", OptimizerKind::sgd},
                            RuleName{"adam", OptimizerKind::adam}};

bool has_second_moment(OptimizerKind kind) {
  return kind != OptimizerKind::sgd;
}
bool has_first_moment(OptimizerKind kind) {
  return kind != OptimizerKind::madam;
}

std::vector<Code> quantise_all(const arith::NumberFormat& format, std::span<const double> values, Scale scale,
                               arith::QuantiseCounts& counts) {
  std::vector<Code> codes;
  codes.reserve(values.size());
  for (const double value : values) codes.push_back(format.quantise(value, scale, counts));
  return codes;
}

// A code's place among the codes of its format, in order of value.
std::int64_t rank(const arith::NumberFormat& format, Code code) {
  const arith::FormatParameters& p = format.parameters();
  if (p.kind == arith::FormatKind::integer) return arith::integer_value(code, p.bits);
  if (p.kind == arith::FormatKind::lns) {
    const arith::LnsNumber number = arith::LnsLayout(p).decode(code);
    if (number.zero) return 0;
    return number.negative ? -number.exponent - 1 : number.exponent + 1;
  }
  const Code sign = Code{1} << (format.storage_bits() - 1);
  const std::int64_t magnitude = code & (sign - 1);
  return (code & sign) != 0 ? -magnitude : magnitude;
}

// Largest magnitudes that the state can have after the step: convex sums for the averages, a plain sum for
// momentum.
double first_moment_bound(const OptimizerParameters& optimizer, const RecordedUpdate& recorded) {
  const double m = max_magnitude(recorded.first_moment), g = max_magnitude(recorded.gradients);
  return optimizer.kind == OptimizerKind::sgd ? optimizer.momentum * m + g : std::max(m, g);
}
double second_moment_bound(const RecordedUpdate& recorded) {
  const double g = max_magnitude(recorded.gradients);
  return std::max(max_magnitude(recorded.second_moment), g * g);
}

}  // namespace

OptimizerParameters optimizer_of(const RecordedUpdate& recorded, const OptimizerParameters& config) {
  OptimizerParameters optimizer = config;
  const UpdateRecord& record = recorded.record;
  if (!record.rule.empty()) {
    const auto row =
        std::find_if(kRules.begin(), kRules.end(), [&](const RuleName& r) { return r.name == record.rule; });
    if (row == kRules.end()) throw std::invalid_argument("rule " + record.rule);
    optimizer.kind = row->kind;
  }
  if (recorded.learning_rate) optimizer.learning_rate = *recorded.learning_rate;
  if (record.learning_rate) optimizer.learning_rate = *record.learning_rate;
  optimizer.learning_rate *= record.learning_rate_scale;
  optimizer.momentum = record.momentum.value_or(optimizer.momentum);
  optimizer.beta = record.second_momentum.value_or(optimizer.beta);
  optimizer.epsilon = record.epsilon.value_or(optimizer.epsilon);
  // Madam's stand in a trace beside the storage format only.
  if (record.store_bits) {
    optimizer.beta = record.beta;
    optimizer.gradient_bound = record.gradient_bound;
  }
  return optimizer;
}

UpdateReplay::UpdateReplay(const RecordedUpdate& recorded, const AcceleratorParameters& machine)
    : weight_format_(arith::make_format(machine.formats.update)),
      gradient_format_(arith::make_format(machine.formats.gradient)),
      moment_format_(arith::make_format(machine.formats.moment)),
      operand_a_format_(arith::make_format(machine.formats.weight)),
      operand_b_format_(arith::make_format(machine.formats.activation)),
      datapath_(arith::make_datapath(machine.datapath, *operand_a_format_, *operand_b_format_)),
      optimizer_(optimizer_of(recorded, machine.optimizer)),
      new_weights_(recorded.new_weights),
      updated_(recorded.weights.size()) {
  const std::size_t size = recorded.weights.size();
  const auto check = [&](std::size_t other) {
    if (other != size) throw ModelError(fmt::format("{} weights, another tensor of {}", size, other));
  };
  check(recorded.gradients.size());
  if (new_weights_) check(new_weights_->size());
  step_.step = recorded.record.step;
  step_.learning_rate = optimizer_.learning_rate;
  step_.seed = seed_of(recorded.record.w);
  step_.weight_scale =
      stored_weight_scale(&recorded.record, *weight_format_, max_magnitude(recorded.weights));
  step_.gradient_scale = gradient_format_->scale_for(max_magnitude(recorded.gradients));
  weights_ = quantise_all(*weight_format_, recorded.weights, step_.weight_scale, report_.weight);
  gradients_ = quantise_all(*gradient_format_, recorded.gradients, step_.gradient_scale, report_.gradient);
  const auto add_state = [&](const std::vector<double>& values, double bound) {
    if (!values.empty()) check(values.size());
    Scale& scale = step_.state_scales[state_.size()];
    scale = moment_format_->scale_for(bound);
    state_.push_back(values.empty() ? std::vector<Code>(size, moment_format_->zero_code())
                                    : quantise_all(*moment_format_, values, scale, report_.state));
  };
  if (has_first_moment(optimizer_.kind))
    add_state(recorded.first_moment, first_moment_bound(optimizer_, recorded));
  if (has_second_moment(optimizer_.kind)) add_state(recorded.second_moment, second_moment_bound(recorded));
  rule_ = make_update_rule(optimizer_, {weight_format_.get(), gradient_format_.get(), moment_format_.get()},
                           step_);
  report_.rule = optimizer_.kind;
  report_.learning_rate = optimizer_.learning_rate;
}

UpdateReplay::~UpdateReplay() = default;

const arith::Datapath& UpdateReplay::datapath() const {
  return *datapath_;
}

void UpdateReplay::read_operand(LoadTarget, const OperandTile&, std::byte*) {
  throw ModelError("an update's program loads no operands");
}
void UpdateReplay::spill(const ResultColumn&, const std::byte*) {
  throw ModelError("an update's program spills no sums");
}
void UpdateReplay::restore(const ResultColumn&, std::byte*) {
  throw ModelError("an update's program restores no sums");
}
void UpdateReplay::emit(const ResultColumn&, const std::byte*) {
  throw ModelError("an update's program emits no sums");
}

void UpdateReplay::update(const Update& update) {
  const std::size_t first = update.first_parameter, count = update.parameters;
  if (first > weights_.size() || count > weights_.size() - first) {
    throw ModelError(fmt::format("parameters {} + {} of {}", first, count, weights_.size()));
  }
  for (std::size_t i = first; i < first + count; ++i) {
    if (updated_[i]) throw ModelError(fmt::format("parameter {} updated twice", i));
    updated_[i] = true;
  }
  std::vector<Code> state;
  for (const std::vector<Code>& values : state_) {
    state.insert(state.end(), values.begin() + static_cast<std::ptrdiff_t>(first),
                 values.begin() + static_cast<std::ptrdiff_t>(first + count));
  }
  rule_->apply(first, std::span(weights_).subspan(first, count), std::span(gradients_).subspan(first, count),
               state, report_.counts);
  for (std::size_t i = 0; i < state_.size(); ++i) {
    std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(i * count), count,
                state_[i].begin() + static_cast<std::ptrdiff_t>(first));
  }
}

std::vector<double> UpdateReplay::weight_values() const {
  std::vector<double> values;
  values.reserve(weights_.size());
  for (const Code code : weights_) values.push_back(weight_format_->value(code, step_.weight_scale));
  return values;
}

UpdateReport UpdateReplay::report() const {
  const auto missing = std::find(updated_.begin(), updated_.end(), false);
  if (missing != updated_.end()) {
    throw ModelError(fmt::format("parameter {} not updated", missing - updated_.begin()));
  }
  UpdateReport report = report_;
  if (!new_weights_) return report;
  std::uint64_t differing = 0;
  std::uint64_t distance = 0;
  arith::QuantiseCounts ignored;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const Code expected = weight_format_->quantise((*new_weights_)[i], step_.weight_scale, ignored);
    const std::int64_t apart = rank(*weight_format_, weights_[i]) - rank(*weight_format_, expected);
    differing += apart != 0 ? 1 : 0;
    distance = std::max(distance, static_cast<std::uint64_t>(std::abs(apart)));
  }
  report.differing_codes = differing;
  report.max_code_distance = distance;
  report.weights = compare(weight_values(), *new_weights_);
  return report;
}

bool has_update_operands(const TraceOperation& operation) {
  return operation.update && !operation.update->w.empty() && !operation.update->dw.empty();
}

bool computes_recorded_rule(const OptimizerParameters& optimizer, const UpdateRecord& record) {
  return std::none_of(kRules.begin(), kRules.end(), [&](const RuleName& row) {
    return row.name == record.rule && row.kind != optimizer.kind;
  });
}

std::unique_ptr<UpdateReplay> make_update_replay(const TraceOperation& operation, const Trace& trace,
                                                 const TensorStore& store, const RunConfig& config,
                                                 const Chain* chain) {
  if (!has_update_operands(operation)) throw ModelError("no operands of an update: " + operation.layer);
  const SourcePosition position{trace.path.string(), operation.line};
  RecordedUpdate recorded;
  recorded.record = *operation.update;
  recorded.learning_rate = trace.header.learning_rate;
  const auto read = [&](const std::string& key) {
    return key.empty() ? std::vector<double>() : store.read(key).values;
  };
  recorded.weights = read(recorded.record.w);
  auto simulated = chain == nullptr ? std::nullopt : chain->gradient(operation);
  recorded.gradients = simulated ? std::move(*simulated) : read(recorded.record.dw);
  recorded.first_moment = read(recorded.record.m);
  recorded.second_moment = read(recorded.record.v);
  if (!recorded.record.out.empty()) recorded.new_weights = read(recorded.record.out);
  try {
    const OptimizerKind kind = optimizer_of(recorded, config.machine.optimizer).kind;
    const auto need = [&](const char* path, const std::vector<double>& state) {
      if (state.empty() && recorded.record.step > 1) {
        throw UserError(Diagnostic{position, path, "nothing",
                                   fmt::format("the optimizer state before step {}", recorded.record.step)});
      }
    };
    if (has_first_moment(kind)) need("m", recorded.first_moment);
    if (has_second_moment(kind)) need("v", recorded.second_moment);
    return std::make_unique<UpdateReplay>(recorded, config.machine);
  } catch (const std::invalid_argument& error) {
    throw UserError(Diagnostic{position, operation.layer, error.what(),
                               "an update rule (madam_int, madam, sgd, adam) and formats that it works on"});
  }
}

}  // namespace lnsim
