// A weight-update lane for Madam on logarithmic weights: one parameter per cycle.
//
//   1 moment   v = fma(1 - beta, g^2, beta v) in single precision, one rounding per operation
//   2 log      2 log2|g| - log2 v + log2(1 - beta^step), in units of 2^-26
//   3 move     |g*| = how many of 2 log2(j + 1/2) lie below that; e -/+ steps[|g*|], into the code range
//
// Latency: a parameter that enters in cycle t leaves in t + LATENCY. Throughput: one per cycle; the lane takes one
// whenever it is offered and what leaves must be taken, as models/update/weight_update_unit.h has it. Registers: one
// behind step 3, the others shared out within the product beta v, the sum and the logarithm as 2 to 4 to 5.
// Parameters: B_W, ZERO_W: the weight's format as in lns_decode; B_G, LOG2_GAMMA_G, ZERO_G, SQUARES_G: the gradient's
// as in lns_square; LOG2_CONSTANTS: f32_log2's; LARGEST: round(bound); MIDPOINTS: for j below it at 36 j
// 2 log2(j + 1/2), less one where a tie goes up; LOG2_BOUND: 2 log2(bound); LATENCY >= 1. Logarithms are in units of
// 2^-26, rounded. No useful defaults for tables.
// Ports: constants of a command, which must stand still while its parameters are under way: gradient_scale; beta,
// one_minus_beta in single precision; log2_correction: log2(1 - beta^step); steps: for |g*| at 18 |g*| the code steps,
// rounded half to even. Moments are single-precision numbers at scale 1. out_*: the new codes and flags, each
// counting one as UpdateCounts has them; with out_not_a_number weight and moment are the old ones.
// C++ twin: models/update/madam.h with nearest rounding.
module madam_lane #(
    parameter int B_W          = 16,
    parameter int ZERO_W       = 1,
    parameter int B_G          = 8,
    parameter int LOG2_GAMMA_G = 3,
    parameter int ZERO_G       = 1,
    parameter logic [(1<<LOG2_GAMMA_G)*48-1:0] SQUARES_G = '0,
    parameter int LARGEST      = 10,
    parameter logic [14*32-1:0] LOG2_CONSTANTS = '0,
    parameter logic [LARGEST*36-1:0] MIDPOINTS = '0,
    parameter logic signed [35:0] LOG2_BOUND = '0,
    parameter int LATENCY      = 12,
    localparam int CODE_W      = B_W + (ZERO_W == 2 ? 1 : 0),
    localparam int CODE_G      = B_G + (ZERO_G == 2 ? 1 : 0)
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic signed [31:0]         gradient_scale,
    input  logic [31:0]                beta,
    input  logic [31:0]                one_minus_beta,
    input  logic signed [35:0]         log2_correction,
    input  logic [(LARGEST+1)*18-1:0]  steps,
    input  logic                       in_valid,
    input  logic [CODE_W-1:0]          in_weight,
    input  logic [CODE_G-1:0]          in_gradient,
    input  logic [31:0]                in_moment,
    output logic                       out_valid,
    output logic [CODE_W-1:0]          out_weight,
    output logic [31:0]                out_moment,
    output logic                       out_unchanged,
    output logic                       out_zero_step,
    output logic                       out_zero_weight,
    output logic                       out_clamped_gradient,
    output logic                       out_saturated,
    output logic                       out_underflowed,
    output logic                       out_state_saturated,
    output logic                       out_not_a_number
);
  localparam int INSIDE          = LATENCY - 1;
  localparam int MULTIPLY_STAGES = INSIDE * 2 / 11;
  localparam int MOMENT_STAGES   = INSIDE * 6 / 11;
  localparam int LOG_STAGES      = INSIDE - MOMENT_STAGES;

  // 1 moment
  logic vanishes, gradient_negative;
  logic signed [31:0] gradient_exponent;
  logic [31:0] square, late_square, decayed, moment;
  lns_square #(.B(B_G), .LOG2_GAMMA(LOG2_GAMMA_G), .ZERO(ZERO_G), .SQUARES(SQUARES_G)) squared (
      .code(in_gradient), .scale(gradient_scale), .vanishes(vanishes), .negative(gradient_negative),
      .exponent(gradient_exponent), .square(square));
  pipe #(.WIDTH(32), .STAGES(MULTIPLY_STAGES)) beside_decay (.clk(clk), .in(square), .out(late_square));
  f32_multiply #(.STAGES(MULTIPLY_STAGES)) decay (.clk(clk), .a(beta), .b(in_moment), .result(decayed));
  f32_fma #(.STAGES(MOMENT_STAGES - MULTIPLY_STAGES)) mean (
      .clk(clk), .a(one_minus_beta), .b(late_square), .c(decayed), .result(moment));

  // What the later steps still need: whether |g| as a single-precision number is zero, its exponent where it is neither
  // that nor infinite, and what is stored: with a moment that is not a number the old one.
  localparam int EXPONENT = 10 + LOG2_GAMMA_G;
  localparam int BESIDE   = 2 + EXPONENT + CODE_W;
  logic nan_2, unused_exponent;
  logic [31:0] old_moment_2, moment_2;
  logic [BESIDE-1:0] beside_2, beside_3;
  assign unused_exponent = ^gradient_exponent[31:EXPONENT];
  pipe #(.WIDTH(BESIDE + 32), .STAGES(MOMENT_STAGES)) beside_moment (
      .clk(clk),
      .in({in_moment, gradient_negative, vanishes, gradient_exponent[EXPONENT-1:0], in_weight}),
      .out({old_moment_2, beside_2}));
  assign nan_2 = &moment[30:23] & |moment[22:0];
  assign moment_2 = nan_2 ? old_moment_2 : moment;

  // 2 log
  logic nan_3;
  logic [31:0] moment_3;
  logic signed [35:0] log2_moment;
  f32_log2 #(.CONSTANTS(LOG2_CONSTANTS), .STAGES(LOG_STAGES)) log (
      .clk(clk), .x(moment), .log2(log2_moment));
  pipe #(.WIDTH(BESIDE + 33), .STAGES(LOG_STAGES)) beside_log (
      .clk(clk), .in({nan_2, moment_2, beside_2}), .out({nan_3, moment_3, beside_3}));

  // 3 move
  logic negative_3, vanishes_3, infinite_3, moment_zero_3, ratio_counts;
  logic signed [EXPONENT-1:0] exponent_3;
  logic [CODE_W-1:0] weight_3;
  logic signed [35:0] log2_square;
  logic [LARGEST-1:0] below;
  logic [15:0] found, normalised;
  assign {negative_3, vanishes_3, exponent_3, weight_3} = beside_3;
  assign infinite_3 = &moment_3[30:23] & ~nan_3;
  assign moment_zero_3 = ~|moment_3[30:0];
  assign log2_square = (36'(exponent_3) <<< (27 - LOG2_GAMMA_G)) - log2_moment + log2_correction;
  genvar j;
  generate
    for (j = 0; j < LARGEST; j = j + 1) begin : g_midpoint
      assign below[j] = $signed(MIDPOINTS[j*36+:36]) < log2_square;
    end
  endgenerate
  count_ones #(.WIDTH(LARGEST)) over_midpoints (.flags(below), .count(found));
  assign ratio_counts = ~vanishes_3 & ~infinite_3 & ~nan_3;
  assign normalised = ~ratio_counts ? '0 : moment_zero_3 ? 16'(LARGEST) : found;

  logic clamped;
  logic [CODE_W-1:0] new_weight;
  logic zero_weight, above, under;
  assign clamped = ratio_counts & (moment_zero_3 | log2_square > LOG2_BOUND);
  lns_move #(.B(B_W), .ZERO(ZERO_W)) move (
      .code(weight_3), .against_negative(negative_3), .steps(18'(steps >> (32'(normalised) * 18))),
      .moved(new_weight), .zero(zero_weight), .above(above), .under(under));

  logic [CODE_W-1:0] weight_4;
  logic [31:0] moment_4;
  logic [7:0] flags_4;
  assign weight_4 = nan_3 ? weight_3 : new_weight;
  assign moment_4 = infinite_3 ? {moment_3[31], 31'h7f7fffff} : moment_3;
  assign flags_4 = nan_3 ? 8'b00000011 : {
      normalised == '0, zero_weight, clamped, above, under, infinite_3, 1'b0, new_weight == weight_3};

  // The last register; flags are 0 where nothing is valid.
  logic [7:0] flags;
  logic valid, unused_control;
  pipe #(.WIDTH(CODE_W + 40), .STAGES(1)) after_move (
      .clk(clk), .in({weight_4, moment_4, flags_4}), .out({out_weight, out_moment, flags}));
  valid_pipe #(.WIDTH(1), .STAGES(LATENCY)) control (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in(1'b0), .out_valid(valid), .out(unused_control));
  assign out_valid = valid;
  assign {out_zero_step, out_zero_weight, out_clamped_gradient, out_saturated, out_underflowed,
          out_state_saturated, out_not_a_number, out_unchanged} = valid ? flags : '0;
endmodule
