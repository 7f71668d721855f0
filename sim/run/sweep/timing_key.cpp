#include "sim/run/sweep/timing_key.h"

#include <fmt/format.h>

#include <stdexcept>

#include "sim/run/compile/product_shape.h"
#include "sim/run/config/effective_config.h"

namespace lnsim {
namespace {

// The config with what changes neither cycles nor events at its default.
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

}  // namespace

std::string timing_key(const RunConfig& config, const EnergyCosts& costs) {
  const AcceleratorParameters& machine = config.machine;
  const FormatsParameters& formats = machine.formats;
  std::string key = effective_config(without_untimed(config)).dump();
  for (const arith::FormatParameters* format : {&formats.weight, &formats.activation, &formats.error,
                                                &formats.gradient, &formats.update, &formats.moment})
    key += fmt::format(" {}", arith::make_format(*format)->storage_bits());
  const auto sums = [&](const arith::FormatParameters& a, const arith::FormatParameters& b) {
    key += " " + accumulator_bits(machine.datapath, a, b);
  };
  sums(formats.weight, formats.activation);
  sums(formats.weight, formats.error);
  sums(formats.activation, formats.error);
  sums(formats.activation, formats.activation);
  if (config.mapping.objective != Objective::cycles)
    for (const EventCost& cost : costs.of) key += fmt::format(" {}", cost.pj);
  return key;
}

}  // namespace lnsim
