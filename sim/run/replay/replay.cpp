#include "sim/run/replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "sim/base/errors.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/replay/exact_product.h"
#include "sim/run/replay/operand_source.h"

namespace lnsim {

using arith::Code;
using arith::Scale;
using arith::ScaleGranularity;

// An operand of the operation, and its view by each of the products.
struct OperandReplay::Operand {
  Side side;
  TensorKind kind;
  std::unique_ptr<const arith::NumberFormat> format;
  std::unique_ptr<const arith::NumberFormat> stored_format;  // weights
  std::optional<OperandSource> source;
  arith::QuantiseCounts counts;
  std::vector<ProductOperand> products;

  Operand(Side which, TensorKind tensor_kind, std::vector<double> values, std::uint64_t seed,
          const UpdateRecord* storage, const FormatsParameters& formats)
      : side(which), kind(tensor_kind), format(arith::make_format(format_of(formats, tensor_kind))) {
    if (kind != TensorKind::weight) {
      source.emplace(std::move(values), *format, seed);
      return;
    }
    stored_format = arith::make_format(formats.update);
    const Scale scale = stored_weight_scale(storage, *stored_format, max_magnitude(values));
    source.emplace(std::move(values), StoredWeights{stored_format.get(), scale}, *format, seed);
  }

  const MatrixView& view_of(const Product& product) const { return side == Side::a ? product.a : product.b; }

  // Rounds and packs.
  void prepare(const std::vector<Product>& all, const arith::Datapath& datapath, const PeParameters& pe) {
    const bool whole = format->parameters().granularity == ScaleGranularity::tensor;
    const auto packed = whole ? pack_whole(*source, datapath, side, counts) : nullptr;
    std::uint64_t first_index = 0;
    for (const Product& product : all) {
      const OperandLayout layout{.view = &view_of(product),
                                 .groups = product.groups,
                                 .rows = side == Side::a ? product.rows : product.columns,
                                 .contraction = product.contraction,
                                 .packing = pe.packing,
                                 .vector_size = pe.vector_size};
      if (whole) {
        products.emplace_back(layout, packed, source->tensor_scale());
      } else {
        products.emplace_back(layout, *source, datapath, side, first_index, counts);
        first_index +=
            static_cast<std::uint64_t>(layout.groups * layout.rows * products.back().row_elements());
      }
    }
  }
};

OperandReplay::OperandReplay(std::vector<Product> products, RecordedProduct recorded,
                             const AcceleratorParameters& machine)
    : products_(std::move(products)), recorded_(std::move(recorded.out)), spilled_(products_.size()) {
  if (products_.empty()) throw ModelError("nothing to replay: the operation has no product");
  const Product& first = products_.front();
  const bool a_stays = first.stationary == TraceOperand::a;
  a_ = std::make_unique<Operand>(Side::a, first.a.kind, std::move(a_stays ? recorded.a : recorded.b),
                                 a_stays ? recorded.seed_a : recorded.seed_b, recorded.storage,
                                 machine.formats);
  b_ = std::make_unique<Operand>(Side::b, first.b.kind, std::move(a_stays ? recorded.b : recorded.a),
                                 a_stays ? recorded.seed_b : recorded.seed_a, recorded.storage,
                                 machine.formats);
  output_format_ = arith::make_format(format_of(machine.formats, first.out.kind));
  datapath_ = arith::make_datapath(machine.datapath, *a_->format, *b_->format);
  a_->prepare(products_, *datapath_, machine.pe);
  b_->prepare(products_, *datapath_, machine.pe);
  std::size_t results = 0;
  for (const Product& p : products_) results += static_cast<std::size_t>(p.groups * p.rows * p.columns);
  if (recorded_ && recorded_->size() != results) {
    throw ModelError(fmt::format("{} recorded results, {} in the products", recorded_->size(), results));
  }
  sums_.resize(results);
  outputs_.resize(results, output_format_->zero_code());
  emitted_.resize(results);
  output_scale_ =
      output_format_->scale_for(max_magnitude(recorded_ ? std::span<const double>(*recorded_) : exact()));
}

OperandReplay::~OperandReplay() = default;

const arith::Datapath& OperandReplay::datapath() const {
  return *datapath_;
}

const Product& OperandReplay::product(std::uint32_t index) const {
  if (index >= products_.size()) throw ModelError(fmt::format("product {} of {}", index, products_.size()));
  return products_[index];
}

void OperandReplay::read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) {
  if (target != LoadTarget::operand_a && target != LoadTarget::operand_b) {
    throw ModelError("a load of sums or vectors has no operand tile");
  }
  product(tile.product);
  const Operand& operand = target == LoadTarget::operand_a ? *a_ : *b_;
  operand.products[tile.product].read(tile.group, tile.first, tile.count, tile.first_vector, tile.vectors,
                                      packed);
}

std::size_t OperandReplay::spill_index(const ResultColumn& where) const {
  const Product& p = product(where.product);
  if (where.group >= p.groups || where.column >= p.columns ||
      where.first_row + std::int64_t{where.rows} > p.rows) {
    throw ModelError(fmt::format("rows {} + {} of column {}, group {}: not in product {}", where.first_row,
                                 where.rows, where.column, where.group, where.product));
  }
  return static_cast<std::size_t>((where.group * p.columns + where.column) * p.rows + where.first_row);
}

void OperandReplay::spill(const ResultColumn& where, const std::byte* accumulators) {
  const std::size_t index = spill_index(where);
  const std::size_t bytes = datapath_->accumulator_bytes();
  Spilled& spilled = spilled_[where.product];
  if (spilled.present.empty()) {
    const Product& p = product(where.product);
    spilled.present.resize(static_cast<std::size_t>(p.groups * p.rows * p.columns));
    spilled.sums.resize(spilled.present.size() * bytes);
  }
  std::memcpy(spilled.sums.data() + index * bytes, accumulators, where.rows * bytes);
  for (std::size_t i = index; i < index + where.rows; ++i) spilled.present[i] = true;
}

void OperandReplay::restore(const ResultColumn& where, std::byte* accumulators) {
  const std::size_t index = spill_index(where);
  const std::size_t bytes = datapath_->accumulator_bytes();
  const Spilled& spilled = spilled_[where.product];
  for (std::size_t i = index; i < index + where.rows; ++i) {
    if (spilled.present.empty() || !spilled.present[i]) {
      throw ModelError(fmt::format("sum of column {}, group {}, product {} restored but never spilled",
                                   where.column, where.group, where.product));
    }
  }
  std::memcpy(accumulators, spilled.sums.data() + index * bytes, where.rows * bytes);
}

void OperandReplay::emit(const ResultColumn& where, const std::byte* accumulators) {
  spill_index(where);
  const Product& p = products_[where.product];
  const ProductOperand& a = a_->products[where.product];
  const ProductOperand& b = b_->products[where.product];
  const Scale scale_b = b.scale(where.group, where.column);
  const double octaves_b = static_cast<double>(scale_b.k) / b_->format->scale_grid();
  for (std::uint32_t i = 0; i < where.rows; ++i, accumulators += datapath_->accumulator_bytes()) {
    const std::int64_t row = std::int64_t{where.first_row} + i;
    const Scale scale_a = a.scale(where.group, row);
    const double octaves_a = static_cast<double>(scale_a.k) / a_->format->scale_grid();
    const auto at = static_cast<std::size_t>(Product::offset(p.out, where.group, row, where.column, 0));
    if (emitted_[at] != 0) throw ModelError(fmt::format("result {} emitted twice", at));
    emitted_[at] = 1;
    sums_[at] = datapath_->value(accumulators) * std::exp2(octaves_a + octaves_b);
    outputs_[at] =
        datapath_->emit(accumulators, scale_a, scale_b, *output_format_, output_scale_, output_counts_);
  }
}

void OperandReplay::update(const Update&) {
  throw ModelError("a product's program updates no weights");
}

std::vector<double> OperandReplay::output_values() const {
  std::vector<double> values;
  values.reserve(outputs_.size());
  for (const Code code : outputs_) values.push_back(output_format_->value(code, output_scale_));
  return values;
}

std::span<const double> OperandReplay::exact() const {
  if (exact_.empty()) {
    exact_.resize(sums_.size());
    for (std::size_t i = 0; i < products_.size(); ++i) {
      exact_product(products_[i], a_->products[i], b_->products[i], exact_);
    }
  }
  return exact_;
}

void OperandReplay::check_complete() const {
  for (const Product& p : products_) {
    // Results of nothing are zero, emitted or not.
    if (p.contraction.channels * p.contraction.taps == 0) continue;
    for (std::int64_t group = 0; group < p.groups; ++group) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        for (std::int64_t column = 0; column < p.columns; ++column) {
          const std::int64_t at = Product::offset(p.out, group, row, column, 0);
          if (emitted_[static_cast<std::size_t>(at)] == 0)
            throw ModelError(fmt::format("result {} not emitted", at));
        }
      }
    }
  }
}

OperandReport OperandReplay::report_of(const Operand& operand) const {
  OperandReport report{operand.kind, operand.format->name(), operand.counts, std::nullopt};
  if (operand.stored_format) report.stored = operand.source->stored_counts();
  return report;
}

NumericReport OperandReplay::report(const arith::DotCounts& dot) const {
  check_complete();
  NumericReport report;
  report.a = report_of(*a_);
  report.b = report_of(*b_);
  report.output = {products_.front().out.kind, output_format_->name(), output_counts_, std::nullopt};
  report.dot = dot;
  const std::vector<double> outputs = output_values();
  report.datapath = compare(sums_, exact());
  report.post_processing = compare(outputs, sums_);
  if (recorded_) {
    report.operands = compare(exact(), *recorded_);
    report.sums = compare(sums_, *recorded_);
    report.outputs = compare(outputs, *recorded_);
  }
  return report;
}

bool has_operands(const TraceOperation& operation) {
  return !operation.a.empty() && !operation.b.empty();
}

std::unique_ptr<OperandReplay> make_replay(const TraceOperation& operation, const CompiledOperation& compiled,
                                           const Trace& trace, const TensorStore& store,
                                           const RunConfig& config, const Chain* chain) {
  RecordedProduct recorded;
  const auto operand = [&](const std::string& key) {
    auto simulated = chain == nullptr ? std::nullopt : chain->operand(key);
    return simulated ? std::move(*simulated) : store.read(key).values;
  };
  recorded.a = operand(operation.a);
  recorded.b = operand(operation.b);
  if (!operation.out.empty()) recorded.out = store.read(operation.out).values;
  recorded.seed_a = seed_of(operation.a);
  recorded.seed_b = seed_of(operation.b);
  const auto updates =
      std::find_if(trace.operations.begin(), trace.operations.end(), [&](const TraceOperation& o) {
        return o.update && (o.update->w == operation.a || o.update->w == operation.b);
      });
  if (updates != trace.operations.end()) recorded.storage = &*updates->update;
  try {
    return std::make_unique<OperandReplay>(compiled.products, std::move(recorded), config.machine);
  } catch (const std::invalid_argument& error) {
    throw UserError(Diagnostic{{trace.path.string(), operation.line},
                               operation.layer,
                               error.what(),
                               "number formats and scales that the datapath can take"});
  }
}

}  // namespace lnsim
