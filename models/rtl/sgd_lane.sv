// A weight-update lane for stochastic gradient descent with momentum: one parameter per cycle.
//
//   1 moment   m = fma(momentum, m, g)
//   2 weight   W = fma(-learning_rate, m, W)
//
// Latency: a parameter that enters in cycle t leaves in t + LATENCY. Throughput: one per cycle, as madam_lane.
// Registers: one at the end, the others shared out within steps 1 and 2.
// Parameters: E_G, M_G, OCP_G: the gradient's format as in float_unpack; LATENCY >= 1.
// Ports: constants of a command, which must stand still while its parameters are under way: gradient_scale: octaves;
// momentum, minus_rate: in single precision. Weights and moments are single-precision numbers at scale 1. out_*: the
// new ones and flags, each counting one as UpdateCounts has them; with out_not_a_number weight and moment are the old
// ones. C++ twin: models/update/sgd.h with nearest rounding.
module sgd_lane #(
    parameter int E_G     = 4,
    parameter int M_G     = 3,
    parameter int OCP_G   = 1,
    parameter int LATENCY = 4
) (
    input  logic               clk,
    input  logic               reset,
    input  logic signed [31:0] gradient_scale,
    input  logic [31:0]        momentum,
    input  logic [31:0]        minus_rate,
    input  logic               in_valid,
    input  logic [31:0]        in_weight,
    input  logic [E_G+M_G:0]   in_gradient,
    input  logic [31:0]        in_moment,
    output logic               out_valid,
    output logic [31:0]        out_weight,
    output logic [31:0]        out_moment,
    output logic               out_unchanged,
    output logic               out_saturated,
    output logic               out_state_saturated,
    output logic               out_not_a_number
);
  localparam int MOMENT_STAGES = LATENCY / 2;
  localparam int WEIGHT_STAGES = LATENCY - 1 - MOMENT_STAGES;

  // 1 moment
  logic [31:0] gradient, moment_2, old_moment_2, old_weight_2;
  minifloat_to_f32 #(.E(E_G), .M(M_G), .OCP_E4M3(OCP_G)) load (
      .code(in_gradient), .scale(gradient_scale), .value(gradient));
  f32_fma #(.STAGES(MOMENT_STAGES)) accumulate (
      .clk(clk), .a(momentum), .b(in_moment), .c(gradient), .result(moment_2));
  pipe #(.WIDTH(64), .STAGES(MOMENT_STAGES)) beside_moment (
      .clk(clk), .in({in_moment, in_weight}), .out({old_moment_2, old_weight_2}));

  // 2 weight
  logic [31:0] weight_3, moment_3, old_moment_3, old_weight_3;
  f32_fma #(.STAGES(WEIGHT_STAGES)) step (
      .clk(clk), .a(minus_rate), .b(moment_2), .c(old_weight_2), .result(weight_3));
  pipe #(.WIDTH(96), .STAGES(WEIGHT_STAGES)) beside_weight (
      .clk(clk), .in({moment_2, old_moment_2, old_weight_2}), .out({moment_3, old_moment_3, old_weight_3}));

  update_end #(.STATES(1), .LATENCY(LATENCY)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .old_weight(old_weight_3), .old_state(old_moment_3),
      .weight(weight_3), .state(moment_3), .out_valid(out_valid), .out_weight(out_weight),
      .out_state(out_moment), .out_unchanged(out_unchanged), .out_saturated(out_saturated),
      .out_state_saturated(out_state_saturated), .out_not_a_number(out_not_a_number));
endmodule
