#include "sim/run/compare/usual_formats.h"

namespace lnsim {
namespace {

using arith::DatapathKind;
using arith::FormatKind;
using arith::FormatParameters;

FormatParameters operand_format(DatapathKind kind) {
  switch (kind) {
    case DatapathKind::lns:
      return {};
    case DatapathKind::fp32:
      return {.kind = FormatKind::fp32};
    case DatapathKind::fp16:
      return {.kind = FormatKind::fp16};
    case DatapathKind::bf16:
      return {.kind = FormatKind::bf16};
    case DatapathKind::fp8_e4m3:
      return {.kind = FormatKind::fp8_e4m3};
    case DatapathKind::fp8_e5m2:
      return {.kind = FormatKind::fp8_e5m2};
    case DatapathKind::int8:
      return {.kind = FormatKind::integer, .bits = 8};
  }
  return {};
}

// The format of stored weights: 16 bits beside operands of 8, and else a master copy in FP32.
FormatParameters stored_format(DatapathKind kind) {
  switch (kind) {
    case DatapathKind::fp32:
    case DatapathKind::fp16:
    case DatapathKind::bf16:
      return {.kind = FormatKind::fp32};
    default:
      return {.kind = FormatKind::fp16};
  }
}

}  // namespace

void give_usual_datapath(AcceleratorParameters& machine, DatapathKind kind) {
  machine.datapath = {.kind = kind, .pipeline_stages = machine.datapath.pipeline_stages};
  machine.formats = {};
  machine.optimizer = {};
  if (kind == DatapathKind::lns) return;
  const FormatParameters operand = operand_format(kind);
  machine.formats.weight = machine.formats.activation = machine.formats.error = machine.formats.gradient =
      operand;
  machine.formats.update = stored_format(kind);
  if (kind != DatapathKind::int8) machine.datapath.float_accumulation = arith::FloatAccumulation::aligned;
  machine.optimizer.kind = OptimizerKind::sgd;
  machine.optimizer.learning_rate = 0.01;
}

}  // namespace lnsim
