#include "tests/lockstep/lane_parameters.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "models/arith/log_to_linear.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::lockstep {
namespace {

template <class Choice>
Choice choice(const ModelRow& row, const std::string& parameter) {
  return static_cast<Choice>(row.at(parameter));
}

unsigned number(const ModelRow& row, const std::string& parameter) {
  return static_cast<unsigned>(row.at(parameter));
}

}  // namespace

arith::FormatParameters lns_operand(const ModelRow& row, const std::string& side) {
  arith::FormatParameters format;
  format.kind = arith::FormatKind::lns;
  format.bits = number(row, "B_" + side);
  format.gamma = 1u << number(row, "LOG2_GAMMA_" + side);
  format.zero = choice<arith::ZeroCode>(row, "ZERO_" + side);
  return format;
}

LaneParameters lns_lane_parameters(const ModelRow& row) {
  LaneParameters lane{
      {}, lns_operand(row, "A"), lns_operand(row, "B"), number(row, "V"), number(row, "ENTRIES")};
  arith::DatapathParameters& p = lane.datapath;
  p.kind = arith::DatapathKind::lns;
  p.table_entries = 1u << number(row, "LOG2_TABLE");
  p.constant_bits = number(row, "CONSTANT_BITS");
  p.pipeline_stages = number(row, "PIPELINE_STAGES");
  p.lsb_octaves = static_cast<int>(row.at("LSB_OCTAVES"));
  p.truncate_at = choice<arith::TruncationPoint>(row, "TRUNCATE_AT");
  p.truncation = choice<arith::TruncationRule>(row, "TRUNCATION");
  p.overflow = choice<arith::Overflow>(row, "OVERFLOW");
  p.accumulator = choice<arith::AccumulatorMode>(row, "EXACT");
  // An exact accumulator's width follows from the other parameters.
  if (p.accumulator == arith::AccumulatorMode::narrow) p.accumulator_bits = number(row, "ACC_BITS");
  return lane;
}

namespace {

LaneParameters int_lane_parameters(const ModelRow& row) {
  LaneParameters lane{{}, {}, {}, number(row, "V"), number(row, "ENTRIES")};
  lane.a.kind = lane.b.kind = arith::FormatKind::integer;
  lane.a.bits = number(row, "B_A");
  lane.b.bits = number(row, "B_B");
  lane.datapath.kind = arith::DatapathKind::int8;
  lane.datapath.pipeline_stages = number(row, "PIPELINE_STAGES");
  lane.datapath.overflow = choice<arith::Overflow>(row, "OVERFLOW");
  // The exact accumulator's width is no narrow one's.
  if (number(row, "ACC_BITS") == 64) {
    lane.datapath.accumulator = arith::AccumulatorMode::exact;
  } else {
    lane.datapath.accumulator_bits = number(row, "ACC_BITS");
  }
  return lane;
}

struct FloatShape {
  unsigned exponent_bits;
  unsigned mantissa_bits;
  arith::FormatKind format;
  arith::DatapathKind datapath;
};
constexpr std::array kFloatShapes{
    FloatShape{4, 3, arith::FormatKind::fp8_e4m3, arith::DatapathKind::fp8_e4m3},
    FloatShape{5, 2, arith::FormatKind::fp8_e5m2, arith::DatapathKind::fp8_e5m2},
    FloatShape{8, 7, arith::FormatKind::bf16, arith::DatapathKind::bf16},
    FloatShape{5, 10, arith::FormatKind::fp16, arith::DatapathKind::fp16},
    FloatShape{8, 23, arith::FormatKind::fp32, arith::DatapathKind::fp32}};

const FloatShape& float_shape(const ModelRow& row, const std::string& side) {
  for (const FloatShape& shape : kFloatShapes)
    if (shape.exponent_bits == number(row, "E_" + side) && shape.mantissa_bits == number(row, "M_" + side))
      return shape;
  throw std::runtime_error(row.name + ": no such floating-point format");
}

LaneParameters float_lane_parameters(const ModelRow& row) {
  LaneParameters lane{
      {}, float_operand(row, "A"), float_operand(row, "B"), number(row, "V"), number(row, "ENTRIES")};
  lane.datapath.kind = float_shape(row, "A").datapath;
  lane.datapath.pipeline_stages = number(row, "PIPELINE_STAGES");
  lane.datapath.float_accumulation =
      row.at("FUSED") != 0 ? arith::FloatAccumulation::fused : arith::FloatAccumulation::per_step;
  if (row.has("ALIGNMENT_BITS")) {
    lane.datapath.float_accumulation = arith::FloatAccumulation::aligned;
    lane.datapath.alignment_bits = number(row, "ALIGNMENT_BITS");
  }
  return lane;
}

}  // namespace

arith::FormatParameters float_operand(const ModelRow& row, const std::string& side) {
  arith::FormatParameters format;
  format.kind = float_shape(row, side).format;
  return format;
}

LaneParameters lane_parameters(const ModelRow& row) {
  if (row.top == "int_lane") return int_lane_parameters(row);
  return row.top == "float_lane" ? float_lane_parameters(row) : lns_lane_parameters(row);
}

std::string lns_constants(const ModelRow& row) {
  const LaneParameters lane = lns_lane_parameters(row);
  const arith::LogToLinear converter(std::max(lane.a.gamma, lane.b.gamma), lane.datapath.table_entries,
                                     lane.datapath.constant_bits);
  return characterise::log_to_linear_constants(converter);
}

}  // namespace lnsim::lockstep
