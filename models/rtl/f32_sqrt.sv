// The square root of a in single precision, one rounding; every NaN is 0x7fc00000, the root of -0 is -0. The root's 26
// bits by subtraction, one per step.
//
// Latency: STAGES cycles, the steps shared out evenly among them. Throughput: one per cycle.
// C++ twin: models/arith/softfloat_sqrt.cpp.
module f32_sqrt #(
    parameter int STAGES = 3
) (
    input  logic        clk,
    input  logic [31:0] a,
    output logic [31:0] result
);
  localparam int STEPS = 26;

  logic nan, infinite, zero, negative, as_it_is, as_it_is_out, invalid_out;
  logic [23:0] significand;
  logic signed [11:0] exponent, half_out;
  logic [31:0] a_out;
  float_unpack unpack (
      .x(a), .nan(nan), .infinite(infinite), .zero(zero), .negative(negative), .significand(significand),
      .exponent(exponent));
  assign as_it_is = zero | (infinite & ~negative);
  pipe #(.WIDTH(46), .STAGES(STAGES)) beside (
      .clk(clk), .in({nan | (negative & ~zero), as_it_is, a, exponent >>> 1}),
      .out({invalid_out, as_it_is_out, a_out, half_out}));

  // A radicand in [1, 4) with an even exponent; two of its bits join the remainder in each step.
  localparam int BITS = 2 * STEPS;
  logic [(STEPS+1)*BITS-1:0] radicand;
  logic [(STEPS+1)*(STEPS+2)-1:0] remainder;
  logic [(STEPS+1)*STEPS-1:0] root;
  assign radicand[BITS-1:0] = {exponent[0] ? {significand, 1'b0} : {1'b0, significand}, {(BITS - 25) {1'b0}}};
  assign remainder[STEPS+1:0] = '0;
  assign root[STEPS-1:0] = '0;
  genvar i;
  generate
    for (i = 0; i < STEPS; i = i + 1) begin : g_step
      logic [STEPS+3:0] joined;
      logic [STEPS+4:0] difference;
      logic [STEPS+1:0] left;
      logic [STEPS-1:0] found;
      assign joined = {remainder[i*(STEPS+2)+:STEPS+2], radicand[i*BITS+BITS-2+:2]};
      assign difference = {1'b0, joined} - {3'b0, root[i*STEPS+:STEPS], 2'b01};
      assign left = (STEPS + 2)'(difference[STEPS+4] ? joined : difference[STEPS+3:0]);
      assign found = STEPS'({root[i*STEPS+:STEPS], ~difference[STEPS+4]});
      // The last step of each stage ends in a register.
      pipe #(.WIDTH(BITS + 2 * STEPS + 2), .STAGES((i + 1) * STAGES / STEPS - i * STAGES / STEPS)) after (
          .clk(clk), .in({radicand[i*BITS+:BITS] << 2, left, found}),
          .out({radicand[(i+1)*BITS+:BITS], remainder[(i+1)*(STEPS+2)+:STEPS+2], root[(i+1)*STEPS+:STEPS]}));
    end
  endgenerate

  logic rest, unused_inexact, unused_overflow, unused_radicand;
  logic [31:0] rounded;
  assign rest = |remainder[STEPS*(STEPS+2)+:STEPS+2];
  assign unused_radicand = ^radicand[STEPS*BITS+:BITS];
  f32_round #(.WIDTH(STEPS + 1)) round (
      .negative(1'b0), .exponent(half_out), .significand({root[STEPS*STEPS+:STEPS], rest}), .result(rounded),
      .inexact(unused_inexact), .overflow(unused_overflow));
  assign result = invalid_out ? 32'h7fc00000 : as_it_is_out ? a_out : rounded;
endmodule
