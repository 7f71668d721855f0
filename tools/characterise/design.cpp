#include "tools/characterise/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "models/arith/lns_lane.h"
#include "models/arith/lns_layout.h"
#include "models/arith/log_to_linear.h"
#include "tools/characterise/update_design.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::characterise {
namespace {

using arith::DatapathKind;

int log2_of(unsigned power) {
  return std::countr_zero(power);
}

std::string lns_parameters(const DesignParameters& d) {
  const arith::DatapathParameters& p = d.datapath;
  const arith::LogToLinear converter(std::max(d.operand_a.gamma, d.operand_b.gamma), p.table_entries,
                                     p.constant_bits);
  const auto operand = [](const char* side, const arith::FormatParameters& format) {
    return fmt::format(".B_{0}({1}), .LOG2_GAMMA_{0}({2}), .ZERO_{0}({3}), ", side, format.bits,
                       log2_of(format.gamma), static_cast<int>(format.zero));
  };
  return operand("A", d.operand_a) + operand("B", d.operand_b) +
         fmt::format(
             ".LOG2_TABLE({}), .CONSTANT_BITS({}), .LSB_OCTAVES({}), .TRUNCATE_AT({}), .TRUNCATION({}), "
             ".EXACT({}), .OVERFLOW({}), .SPLIT_SIGNS({}), .CONSTANTS({}), ",
             log2_of(p.table_entries), p.constant_bits, p.lsb_octaves, static_cast<int>(p.truncate_at),
             static_cast<int>(p.truncation), static_cast<int>(p.accumulator), static_cast<int>(p.overflow),
             d.split_signs ? 1 : 0, log_to_linear_constants(converter));
}

std::string booth(const DesignParameters& d) {
  return d.booth ? ".BOOTH(1), " : "";
}

std::string int_parameters(const DesignParameters& d) {
  return fmt::format(".B_A(8), .B_B(8), .OVERFLOW({}), {}", static_cast<int>(d.datapath.overflow), booth(d));
}

struct FloatShape {
  int exponent_bits, mantissa_bits, ocp;
};

FloatShape float_shape(DatapathKind kind) {
  switch (kind) {
    case DatapathKind::fp8_e4m3:
      return {4, 3, 1};
    case DatapathKind::fp8_e5m2:
      return {5, 2, 0};
    case DatapathKind::bf16:
      return {8, 7, 0};
    case DatapathKind::fp16:
      return {5, 10, 0};
    default:
      return {8, 23, 0};
  }
}

std::string float_parameters(const DesignParameters& d) {
  const FloatShape shape = float_shape(d.datapath.kind);
  const arith::FloatAccumulation sum = d.datapath.float_accumulation;
  return fmt::format(
      ".E_A({0}), .M_A({1}), .OCP_A({2}), .E_B({0}), .M_B({1}), .OCP_B({2}), .FUSED({3}), "
      "{4}{5}",
      shape.exponent_bits, shape.mantissa_bits, shape.ocp, sum == arith::FloatAccumulation::fused ? 1 : 0,
      sum == arith::FloatAccumulation::aligned
          ? fmt::format(".ALIGNMENT_BITS({}), ", d.datapath.alignment_bits)
          : std::string(),
      booth(d));
}

std::vector<BlockRule> lane_rules(DatapathKind kind) {
  std::vector<BlockRule> rules;
  if (kind == DatapathKind::lns) {
    rules = {{"conversion", "*lane.?dot.*"},
             {"exponent_add", "*lane.?dot.*g_multiply?*"},
             {"trees", "*lane.?dot.*g_bin?*"},
             {"constant_multiply", "*lane.?dot.$mul*"},
             {"constant_multiply", "*lane.?dot.*g_constant?*"},
             {"constant_multiply", "*lane.?dot.*over_bins.*"},
             {"constant_multiply", "*lane.?dot.*over_digits.*"},
             {"constant_multiply", "*lane.?dot.*at_vector.*"}};
  } else if (kind == DatapathKind::int8) {
    rules = {{"multiply", "*lane.?dot.*"}, {"trees", "*lane.?dot.?tree.*"}};
  } else {
    rules = {{"multiply", "*lane.*"},
             {"align", "*lane.*aligned.*"},
             {"align", "*lane.*fused.*"},
             {"trees", "*lane.*?tree.*"},
             {"normalise", "*lane.*?normalise.*"},
             {kAccumulate, "*lane.*accumulate.*"},
             {kAccumulate, "*lane.*g_step?*"}};
  }
  rules.push_back({kAccumulate, "*lane.?add.*"});
  return rules;
}

std::string lane_module(DatapathKind kind) {
  if (kind == DatapathKind::lns) return "lns_lane";
  return kind == DatapathKind::int8 ? "int_lane" : "float_lane";
}

Design make_lane(const DesignParameters& d) {
  const bool is_float = d.datapath.kind != DatapathKind::lns && d.datapath.kind != DatapathKind::int8;
  const auto a = arith::make_format(format_a(d));
  const auto b = arith::make_format(format_b(d));
  const auto datapath = arith::make_datapath(d.datapath, *a, *b);
  const unsigned accumulator = is_float ? 32 : datapath->accumulator_bits();
  const std::string parameters = d.datapath.kind == DatapathKind::lns    ? lns_parameters(d)
                                 : d.datapath.kind == DatapathKind::int8 ? int_parameters(d)
                                                                         : float_parameters(d);
  Design design{"characterised", {}, lane_rules(d.datapath.kind)};
  // Operands of a beat stand in registers, A in two banks, as in pe_lanes.
  design.verilog = fmt::format(
      R"(module characterised(
    input  logic clk, reset, write, write_bank, read_bank, valid, first,
    input  logic [{entry_top}:0] entry,
    input  logic [{a_top}:0] write_data,
    input  logic [{b_top}:0] b,
    output logic out_valid,
    output logic [{sum_top}:0] out_sum);
  logic taken, taken_bank, taken_first;
  logic [{entry_top}:0] taken_entry;
  logic [{a_top}:0] held_a;
  logic [{b_top}:0] taken_b;
  always_ff @(posedge clk) begin
    taken <= valid & ~reset;
    taken_bank <= read_bank;
    taken_first <= first;
    taken_entry <= entry;
    taken_b <= b;
  end
  pe_lane_registers #(.LANES(1), .VECTOR_BITS({a_bits}), .ROWS_AT_ONCE(1)) held_operand (
      .clk(clk), .write(write), .write_bank(write_bank), .write_row(1'b0), .write_part(16'd0),
      .write_data(write_data), .read_bank(taken_bank), .held(held_a));
  {module} #(.V({v}), {parameters}{width}.ENTRIES({entries}), .PIPELINE_STAGES({stages})) lane (
      .clk(clk), .reset(reset), .in_valid(taken), .in_first(taken_first), .in_entry(taken_entry), .a(held_a),
      .b(taken_b), .padding({v}'d0), .load_valid(1'b0), .load_entry({entry_bits}'d0),
      .load_sum({sum_bits}'d0), .out_valid(out_valid), .out_sum(out_sum));
endmodule
)",
      fmt::arg("entry_top", std::bit_width(d.collector_entries - 1) - 1),
      fmt::arg("entry_bits", std::bit_width(d.collector_entries - 1)),
      fmt::arg("a_bits", d.vector_size * a->storage_bits()),
      fmt::arg("a_top", d.vector_size * a->storage_bits() - 1),
      fmt::arg("b_top", d.vector_size * b->storage_bits() - 1), fmt::arg("sum_bits", accumulator),
      fmt::arg("sum_top", accumulator - 1), fmt::arg("module", lane_module(d.datapath.kind)),
      fmt::arg("v", d.vector_size), fmt::arg("parameters", parameters),
      fmt::arg("width", is_float ? "" : fmt::format(".ACC_BITS({}), ", accumulator)),
      fmt::arg("entries", d.collector_entries), fmt::arg("stages", d.datapath.pipeline_stages));
  // Behind the lane's: registers count as registers wherever they stand, but for the collector's.
  for (const char* flip_flop : {"*$procdff*"}) design.rules.push_back({kRegisters, flip_flop});
  design.rules.push_back({"held_operand", "*held_operand.*"});
  design.rules.push_back({kSharedOperand, "$procdff*"});
  design.rules.push_back({kCollector, "*lane.?last.*"});
  design.rules.push_back({kCollector, "*lane.last.*"});
  design.rules.push_back({kRegisters, "*lane.?last.*control.*"});
  return design;
}

Design make_quantiser(const DesignParameters& d) {
  const unsigned grid = static_cast<unsigned>(
      std::max({log2_of(d.operand_a.gamma), log2_of(d.operand_b.gamma), log2_of(d.output.gamma)}));
  const arith::LnsLayout a(d.operand_a), b(d.operand_b);
  const int lsb_octave = arith::LnsGeometry(d.datapath, a, 0, b, 0).lsb_octave;
  Design design{"characterised", {}, {}};
  design.verilog = fmt::format(
      R"(module characterised(
    input  logic clk,
    input  logic [{sum_top}:0] sum,
    input  logic [31:0] offset,
    output logic [{code_top}:0] code);
  logic [{sum_top}:0] taken_sum;
  logic [31:0] taken_offset;
  logic [{code_top}:0] made_code;
  always_ff @(posedge clk) begin
    taken_sum <= sum;
    taken_offset <= offset;
    code <= made_code;
  end
  lns_quantise #(.SUM_BITS({sum_bits}), .LSB_OCTAVE({lsb}), .LOG2_GRID({grid}), .QUANTISER_BITS({bits}),
      .THRESHOLDS({thresholds}), .B_OUT({b_out}), .LOG2_GAMMA_OUT({gamma_out}), .ZERO_OUT({zero_out}),
      .FLUSH({flush})) quantise (.sum(taken_sum), .offset(taken_offset), .code(made_code));
endmodule
)",
      fmt::arg("sum_bits", d.datapath.accumulator_bits), fmt::arg("sum_top", d.datapath.accumulator_bits - 1),
      fmt::arg("code_top", d.output.bits + (d.output.zero == arith::ZeroCode::flag ? 1 : 0) - 1),
      fmt::arg("lsb", lsb_octave), fmt::arg("grid", grid), fmt::arg("bits", d.datapath.quantiser_bits),
      fmt::arg("thresholds", quantiser_thresholds(grid, d.datapath.midpoint, d.datapath.quantiser_bits)),
      fmt::arg("b_out", d.output.bits), fmt::arg("gamma_out", log2_of(d.output.gamma)),
      fmt::arg("zero_out", static_cast<int>(d.output.zero)),
      fmt::arg("flush", static_cast<int>(d.output.underflow)));
  design.rules = {{"round", "*quantise.*"},
                  {"find_leading_one", "*quantise.?find.*"},
                  {"midpoints", "*quantise.*midpoint*"},
                  {"midpoints", "*quantise.$ge*"},
                  {kRegisters, "*$procdff*"}};
  return design;
}

}  // namespace

Design make_design(const DesignParameters& parameters) {
  try {
    switch (parameters.unit) {
      case Unit::lane:
        return make_lane(parameters);
      case Unit::ppu_quantiser:
        return make_quantiser(parameters);
      case Unit::madam_lane:
      case Unit::sgd_lane:
      case Unit::adam_lane:
        return make_update_lane(parameters);
    }
  } catch (const std::invalid_argument& error) {
    throw UserError(Diagnostic{{}, parameters.name, error.what(), "parameters that go together"});
  }
  throw ModelError("unknown unit");
}

}  // namespace lnsim::characterise
