// A weight-update lane for Adam: one parameter per cycle.
//
//   1 moments   m = fma(1 - momentum, g, momentum m)      v = fma(1 - beta, g^2, beta v)
//   2 unbiased  m / (1 - momentum^step) and v / (1 - beta^step)
//   3 root      sqrt of it + epsilon
//   4 quotient
//   5 weight    W = fma(-learning_rate, quotient, W)
// in single precision, one rounding per operation.
//
// Latency: a parameter that enters in cycle t leaves in t + LATENCY. Throughput: one per cycle, as madam_lane.
// Registers: one at the end, the others shared out within products and sum of step 1, step 2, root and sum of step 3,
// steps 4 and 5 as 2, 4, 9, 9, 3, 9 and 4.
// Parameters: E_G, M_G, OCP_G: the gradient's format as in float_unpack; LATENCY >= 1.
// Ports: constants of a command, which must stand still while its parameters are under way: gradient_scale: octaves;
// the others in single precision, corrections: 1 - momentum^step and 1 - beta^step. Weights, first and second moments
// are single-precision numbers at scale 1. out_*: the new ones and flags, each counting as UpdateCounts has them; with
// out_not_a_number weight and moments are the old ones. C++ twin: models/update/adam.h with nearest rounding.
module adam_lane #(
    parameter int E_G     = 4,
    parameter int M_G     = 3,
    parameter int OCP_G   = 1,
    parameter int LATENCY = 12
) (
    input  logic               clk,
    input  logic               reset,
    input  logic signed [31:0] gradient_scale,
    input  logic [31:0]        momentum,
    input  logic [31:0]        one_minus_momentum,
    input  logic [31:0]        beta,
    input  logic [31:0]        one_minus_beta,
    input  logic [31:0]        first_correction,
    input  logic [31:0]        second_correction,
    input  logic [31:0]        epsilon,
    input  logic [31:0]        minus_rate,
    input  logic               in_valid,
    input  logic [31:0]        in_weight,
    input  logic [E_G+M_G:0]   in_gradient,
    input  logic [31:0]        in_first,
    input  logic [31:0]        in_second,
    output logic               out_valid,
    output logic [31:0]        out_weight,
    output logic [31:0]        out_first,
    output logic [31:0]        out_second,
    output logic               out_unchanged,
    output logic               out_saturated,
    output logic [1:0]         out_state_saturated,
    output logic               out_not_a_number
);
  // Registers up to the end of each part.
  localparam int INSIDE   = LATENCY - 1;
  localparam int PRODUCTS = INSIDE * 2 / 40;
  localparam int MOMENTS  = INSIDE * 6 / 40;
  localparam int UNBIASED = INSIDE * 15 / 40;
  localparam int ROOT     = INSIDE * 24 / 40;
  localparam int EPSILON  = INSIDE * 27 / 40;
  localparam int QUOTIENT = INSIDE * 36 / 40;
  localparam int OLD      = 96;  // bits of what a parameter was

  // 1 moments
  logic [31:0] gradient, late_gradient, square, decayed_first, decayed_second, first_2, second_2, first_5, second_5;
  logic [OLD-1:0] old_2, old_4, old_5;
  minifloat_to_f32 #(.E(E_G), .M(M_G), .OCP_E4M3(OCP_G)) load (
      .code(in_gradient), .scale(gradient_scale), .value(gradient));
  pipe #(.WIDTH(32), .STAGES(PRODUCTS)) beside_products (.clk(clk), .in(gradient), .out(late_gradient));
  f32_multiply #(.STAGES(PRODUCTS)) squared (.clk(clk), .a(gradient), .b(gradient), .result(square));
  f32_multiply #(.STAGES(PRODUCTS)) decay_first (.clk(clk), .a(momentum), .b(in_first), .result(decayed_first));
  f32_multiply #(.STAGES(PRODUCTS)) decay_second (.clk(clk), .a(beta), .b(in_second), .result(decayed_second));
  f32_fma #(.STAGES(MOMENTS - PRODUCTS)) mean_first (
      .clk(clk), .a(one_minus_momentum), .b(late_gradient), .c(decayed_first), .result(first_2));
  f32_fma #(.STAGES(MOMENTS - PRODUCTS)) mean_second (
      .clk(clk), .a(one_minus_beta), .b(square), .c(decayed_second), .result(second_2));
  pipe #(.WIDTH(OLD), .STAGES(MOMENTS)) beside_moments (
      .clk(clk), .in({in_second, in_first, in_weight}), .out(old_2));

  // 2 unbiased, 3 root
  logic [31:0] unbiased_first, unbiased_second, numerator, root, denominator;
  f32_divide #(.STAGES(UNBIASED - MOMENTS)) unbias_first (
      .clk(clk), .a(first_2), .b(first_correction), .result(unbiased_first));
  f32_divide #(.STAGES(UNBIASED - MOMENTS)) unbias_second (
      .clk(clk), .a(second_2), .b(second_correction), .result(unbiased_second));
  f32_sqrt #(.STAGES(ROOT - UNBIASED)) root_of (.clk(clk), .a(unbiased_second), .result(root));
  f32_fma #(.STAGES(EPSILON - ROOT)) add_epsilon (
      .clk(clk), .a(root), .b(32'h3f800000), .c(epsilon), .result(denominator));
  pipe #(.WIDTH(32), .STAGES(EPSILON - UNBIASED)) beside_root (
      .clk(clk), .in(unbiased_first), .out(numerator));

  // 4 quotient, 5 weight
  logic [31:0] direction, weight_5, first_4, second_4;
  f32_divide #(.STAGES(QUOTIENT - EPSILON)) divide (
      .clk(clk), .a(numerator), .b(denominator), .result(direction));
  pipe #(.WIDTH(64 + OLD), .STAGES(QUOTIENT - MOMENTS)) beside_quotient (
      .clk(clk), .in({second_2, first_2, old_2}), .out({second_4, first_4, old_4}));
  f32_fma #(.STAGES(INSIDE - QUOTIENT)) step (
      .clk(clk), .a(minus_rate), .b(direction), .c(old_4[31:0]), .result(weight_5));
  pipe #(.WIDTH(64 + OLD), .STAGES(INSIDE - QUOTIENT)) beside_step (
      .clk(clk), .in({second_4, first_4, old_4}), .out({second_5, first_5, old_5}));

  update_end #(.STATES(2), .LATENCY(LATENCY)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .old_weight(old_5[31:0]), .old_state(old_5[95:32]),
      .weight(weight_5), .state({second_5, first_5}), .out_valid(out_valid), .out_weight(out_weight),
      .out_state({out_second, out_first}), .out_unchanged(out_unchanged), .out_saturated(out_saturated),
      .out_state_saturated(out_state_saturated), .out_not_a_number(out_not_a_number));
endmodule
