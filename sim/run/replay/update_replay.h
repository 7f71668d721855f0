// Replays one recorded weight update: stored codes, rounded gradients and optimizer state go through the
// update units' arithmetic, and the new weights are compared with the recorded ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "models/control/tile_data.h"
#include "models/update/update_rule.h"
#include "sim/run/config/run_config.h"
#include "sim/run/replay/chain.h"
#include "sim/run/replay/numeric_error.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct UpdateReport {
  OptimizerKind rule = OptimizerKind::madam;
  double learning_rate = 0;
  UpdateCounts counts;
  arith::QuantiseCounts weight;    // recorded old weights into the update format
  arith::QuantiseCounts gradient;  // recorded gradients into the gradient format
  arith::QuantiseCounts state;     // recorded optimizer state into the moment format
  // New weights against the recorded ones, both as codes of the update format at one scale.
  std::optional<std::uint64_t> differing_codes;
  std::optional<std::uint64_t> max_code_distance;  // in codes of the format's own order
  std::optional<ErrorFigures> weights;             // the values of the new codes against the recorded values
  std::optional<ErrorFigures> next_step;           // and against the weights with which the next step began
};

// A recorded update in memory. Empty state stands for zeros.
struct RecordedUpdate {
  UpdateRecord record;
  std::vector<double> weights, gradients;
  std::vector<double> first_moment, second_moment;
  std::optional<std::vector<double>> new_weights;
  std::optional<double> learning_rate;  // of the trace, where the record has none
};

// The optimizer and its parameters as the record has them, the rest from the run config. Throws
// std::invalid_argument for a rule that is not known.
OptimizerParameters optimizer_of(const RecordedUpdate& recorded, const OptimizerParameters& config);

class UpdateReplay final : public TileData {
 public:
  // Throws std::invalid_argument for formats that the rule cannot work on, ModelError when tensors differ in
  // size.
  UpdateReplay(const RecordedUpdate& recorded, const AcceleratorParameters& machine);
  ~UpdateReplay() override;

  const arith::Datapath& datapath() const override;
  // An update's program has no products: these throw ModelError.
  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override;
  void spill(const ResultColumn& where, const std::byte* accumulators) override;
  void restore(const ResultColumn& where, std::byte* accumulators) override;
  void emit(const ResultColumn& where, const std::byte* accumulators) override;

  // Throws ModelError for parameters that do not exist or have been updated before.
  void update(const Update& update) override;

  std::span<const arith::Code> weights() const { return weights_; }
  std::vector<double> weight_values() const;
  arith::Scale weight_scale() const { return step_.weight_scale; }

  // After the run. Throws ModelError when a parameter has not been updated.
  UpdateReport report() const;

 private:
  std::unique_ptr<const arith::NumberFormat> weight_format_, gradient_format_, moment_format_;
  std::unique_ptr<const arith::NumberFormat> operand_a_format_, operand_b_format_;
  std::unique_ptr<const arith::Datapath> datapath_;
  OptimizerParameters optimizer_;
  UpdateStep step_;
  std::unique_ptr<const UpdateRule> rule_;
  std::vector<arith::Code> weights_, gradients_;
  std::vector<std::vector<arith::Code>> state_;
  std::optional<std::vector<double>> new_weights_;
  std::vector<bool> updated_;
  UpdateReport report_;
};

// Whether the trace holds the weights and gradients of this update.
bool has_update_operands(const TraceOperation& operation);

// Whether the machine's update units compute the rule that the trace recorded; rules that are not known count
// as theirs, for make_update_replay to refuse.
bool computes_recorded_rule(const OptimizerParameters& optimizer, const UpdateRecord& record);

// With the gradient of the chain where there is one. Throws UserError, with the trace line, for tensors that
// are not there, state that a step after the first
// needs, an unknown rule, and formats the rule cannot work on.
std::unique_ptr<UpdateReplay> make_update_replay(const TraceOperation& operation, const Trace& trace,
                                                 const TensorStore& store, const RunConfig& config,
                                                 const Chain* chain = nullptr);

}  // namespace lnsim
