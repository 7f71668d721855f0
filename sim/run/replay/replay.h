// Replays one recorded product: its operands, rounded to the machine's formats, go through the machine's
// datapath, and what comes out is compared with the exact product of the same operands and with the recorded
// result.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "models/control/tile_data.h"
#include "sim/run/compile/compile.h"
#include "sim/run/config/run_config.h"
#include "sim/run/replay/chain.h"
#include "sim/run/replay/numeric_error.h"
#include "sim/run/replay/product_operand.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// What rounding an operand lost. `stored`: weights only, of the rounding into the stored format before. With
// scales per channel or vector, elements count once for each row they belong to.
struct OperandReport {
  TensorKind kind = TensorKind::activation;
  std::string format;
  arith::QuantiseCounts counts;
  std::optional<arith::QuantiseCounts> stored;
};

// Results: `exact` = product of the rounded operands; `sums` = accumulators as they reach the post-processing
// unit; `outputs` = values of the codes it emits; `recorded` = the trace's result.
struct NumericReport {
  OperandReport a, b;
  OperandReport output;
  arith::DotCounts dot;
  ErrorFigures datapath;                 // sums against exact
  ErrorFigures post_processing;          // outputs against sums
  std::optional<ErrorFigures> operands;  // exact against recorded
  std::optional<ErrorFigures> sums;      // sums against recorded
  std::optional<ErrorFigures> outputs;   // outputs against recorded
};

// A recorded product in memory.
struct RecordedProduct {
  std::vector<double> a, b;  // the operands of the trace line, in the layouts that the products' views know
  std::optional<std::vector<double>> out;
  std::uint64_t seed_a = 0, seed_b = 0;   // of stochastic rounding
  const UpdateRecord* storage = nullptr;  // how the weights among the operands are stored, if recorded
};

class OperandReplay final : public TileData {
 public:
  // Rounds and packs the operands. Throws std::invalid_argument when the datapath cannot take the formats or
  // their scales, ModelError when the sizes of tensors and products differ.
  OperandReplay(std::vector<Product> products, RecordedProduct recorded,
                const AcceleratorParameters& machine);
  ~OperandReplay() override;

  const arith::Datapath& datapath() const override;
  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override;
  void spill(const ResultColumn& where, const std::byte* accumulators) override;
  void restore(const ResultColumn& where, std::byte* accumulators) override;
  void emit(const ResultColumn& where, const std::byte* accumulators) override;
  // A product's program updates nothing: throws ModelError.
  void update(const Update& update) override;

  // In C order of the result tensor.
  std::span<const double> exact() const;  // computed when first asked for
  std::span<const double> sums() const { return sums_; }
  std::span<const arith::Code> outputs() const { return outputs_; }
  std::vector<double> output_values() const;
  // Output codes have one scale: the format's for the largest recorded (or else exact) magnitude. It is known
  // before the first sum is, as in a machine that scales by earlier iterations' maxima.
  arith::Scale output_scale() const { return output_scale_; }

  // After the run; `dot` are the run's counts. Throws ModelError when the machine has not emitted every
  // result once.
  NumericReport report(const arith::DotCounts& dot) const;

 private:
  struct Operand;
  // Sums that wait in the global buffer, [group][column][row].
  struct Spilled {
    std::vector<std::byte> sums;
    std::vector<bool> present;
  };

  std::size_t spill_index(const ResultColumn& where) const;
  const Product& product(std::uint32_t index) const;
  void check_complete() const;
  OperandReport report_of(const Operand& operand) const;

  std::vector<Product> products_;
  std::unique_ptr<Operand> a_, b_;
  std::unique_ptr<const arith::NumberFormat> output_format_;
  std::unique_ptr<const arith::Datapath> datapath_;
  std::optional<std::vector<double>> recorded_;
  std::vector<Spilled> spilled_;
  arith::Scale output_scale_;
  std::vector<double> sums_;
  std::vector<arith::Code> outputs_;
  std::vector<std::uint8_t> emitted_;
  arith::QuantiseCounts output_counts_;
  mutable std::vector<double> exact_;
};

// Whether the trace holds both operands of this product.
bool has_operands(const TraceOperation& operation);

// The replay of a product with operands, those of the chain where there is one; `compiled` is of the same
// operation. Throws UserError for tensors
// that are not there, and for formats or scales that the datapath cannot take, with the trace line.
std::unique_ptr<OperandReplay> make_replay(const TraceOperation& operation, const CompiledOperation& compiled,
                                           const Trace& trace, const TensorStore& store,
                                           const RunConfig& config, const Chain* chain = nullptr);

}  // namespace lnsim
