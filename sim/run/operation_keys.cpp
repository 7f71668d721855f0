#include "sim/run/operation_keys.h"

#include <fmt/format.h>

#include <stdexcept>

#include "sim/run/compile/signature.h"
#include "sim/run/config/effective_config.h"

namespace lnsim {
namespace {

// The config with what changes neither cycles nor events at its default. Widths are told apart by who calls.
RunConfig without_untimed(RunConfig config) {
  AcceleratorParameters& machine = config.machine;
  const OptimizerKind optimizer = machine.optimizer.kind;
  machine.name = "";
  machine.clock = {};
  machine.dram.type = {};
  machine.global_buffer.ports = 1;
  machine.bus.operand_mm = machine.bus.return_mm = 0.0;
  for (BufferParameters* buffer : {&machine.pe.buffer_a, &machine.pe.buffer_b})
    buffer->banks = buffer->ports = 1;
  machine.pe.zero_gating = {};
  machine.datapath = {.pipeline_stages = machine.datapath.pipeline_stages};
  machine.formats = {};
  machine.optimizer = {};
  machine.optimizer.kind = optimizer;  // says which state is moved
  config.energy_table = "";
  return config;
}

// The same with the units that operations of a kind do not use.
RunConfig without_unused(RunConfig config, OperatorKind kind) {
  AcceleratorParameters& machine = config.machine;
  if (kind != OperatorKind::update) {
    machine.weight_update = {};
    machine.optimizer = {};
  }
  // Products use all of a PE: its vector unit writes the zeros that no filter tap reaches.
  if (kind == OperatorKind::product) return config;
  PeParameters used;
  used.count = machine.pe.count;  // how many an operation may use is reported, even of updates
  if (kind == OperatorKind::vector) {
    used.buffer_b = machine.pe.buffer_b;
    used.vector_unit = machine.pe.vector_unit;
  } else {
    machine.bus = {};
    config.mapping = {};
  }
  machine.pe = used;
  machine.datapath = {};
  return config;
}

// As text; a pair of formats that the datapath cannot take, which an iteration without such products does not
// mind, has its reason instead.
std::string accumulator_bits(const arith::DatapathParameters& datapath, const arith::FormatParameters& a,
                             const arith::FormatParameters& b) {
  try {
    return fmt::to_string(
        arith::make_datapath(datapath, *arith::make_format(a), *arith::make_format(b))->accumulator_bits());
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::string costs_text(const RunConfig& config, const EnergyCosts& costs) {
  std::string text;
  if (config.mapping.objective != Objective::cycles)
    for (const EventCost& cost : costs.of) text += fmt::format(" {}", cost.pj);
  return text;
}

void add(Fingerprint& print, std::string_view text) {
  print.add(text.size());
  for (const char letter : text) print.add(static_cast<unsigned char>(letter));
}

constexpr std::array kOperands{TensorKind::weight, TensorKind::activation, TensorKind::error};
constexpr std::array kOperatorKinds{OperatorKind::product, OperatorKind::vector, OperatorKind::update};

}  // namespace

OperationKeys::OperationKeys(const RunConfig& config, const EnergyCosts& costs)
    : config_(config), bits_(kind_bits(config.machine.formats)) {
  const RunConfig timed = without_untimed(config);
  for (const OperatorKind kind : kOperatorKinds)
    add(machines_.at(static_cast<std::size_t>(kind)),
        effective_config(without_unused(timed, kind)).dump() + costs_text(config, costs));
  const FormatsParameters& formats = config.machine.formats;
  for (const TensorKind a : kOperands) {
    for (const TensorKind b : kOperands)
      accumulators_[{a, b}] =
          accumulator_bits(config.machine.datapath, format_of(formats, a), format_of(formats, b));
  }
}

std::string OperationKeys::widths(const TraceOperation& operation, const Trace& trace,
                                  OperatorKind kind) const {
  const auto bits = [&](TensorKind tensor) {
    return fmt::format(" {} {}", bits_[tensor], bits_.in_dram(tensor));
  };
  std::string text;
  if (kind == OperatorKind::product) {
    const Product product = products_of(operation).front();
    text = bits(product.a.kind) + bits(product.b.kind) + bits(product.out.kind) + " " +
           accumulators_.at({product.a.kind, product.b.kind});
  } else if (kind == OperatorKind::vector) {
    const VectorOperator& row = vector_operator(operation, trace);
    for (const TensorUse& use : row.sweeps.front().reads) text += bits(use.kind);
    for (const TensorUse& use : row.sweeps.back().writes) text += bits(use.kind);
  } else {
    text = bits(TensorKind::gradient) + bits(TensorKind::update) + bits(TensorKind::moment);
  }
  return text;
}

Fingerprint OperationKeys::of(const TraceOperation& operation, const Trace& trace) const {
  const OperatorKind kind = operator_kind(operation, trace);
  Fingerprint key = machines_.at(static_cast<std::size_t>(kind));
  add(key, operation_signature(operation, config_));
  add(key, widths(operation, trace, kind));
  return key;
}

}  // namespace lnsim
