// log2 |x| of a single-precision number that is not zero, infinite or NaN, with 48 fraction bits, cut: by squaring,
// one bit of the logarithm per step.
//
// Latency: STAGES cycles, the 48 steps shared out evenly among them. Throughput: one per cycle.
// C++ twin: models/arith/log2_fixed.cpp.
module log2_fixed #(
    parameter int STAGES = 8
) (
    input  logic               clk,
    input  logic [31:0]        x,
    output logic signed [63:0] log2
);
  localparam int STEPS = 48;

  logic unused_nan, unused_infinite, unused_zero, unused_negative;
  logic [23:0] significand;
  logic signed [11:0] exponent, exponent_out;
  float_unpack unpack (
      .x(x), .nan(unused_nan), .infinite(unused_infinite), .zero(unused_zero), .negative(unused_negative),
      .significand(significand), .exponent(exponent));
  pipe #(.WIDTH(12), .STAGES(STAGES)) beside (.clk(clk), .in(exponent), .out(exponent_out));

  // s in [1, 2) as Q1.63 and the bits found so far, before each step.
  logic [(STEPS+1)*64-1:0] s;
  logic [(STEPS+1)*STEPS-1:0] bits;
  assign s[63:0] = {significand, 40'd0};
  assign bits[STEPS-1:0] = '0;
  genvar i;
  generate
    for (i = 0; i < STEPS; i = i + 1) begin : g_step
      logic [127:0] product;
      logic [63:0] square, next;
      logic [STEPS-1:0] found;
      assign product = 128'(s[i*64+:64]) * 128'(s[i*64+:64]);
      assign square = 64'(product >> 64);  // Q2.62
      assign next = square[63] ? square : square << 1;
      assign found = STEPS'({bits[i*STEPS+:STEPS], square[63]});
      // The last step of each stage ends in a register.
      pipe #(.WIDTH(64 + STEPS), .STAGES((i + 1) * STAGES / STEPS - i * STAGES / STEPS)) after (
          .clk(clk), .in({next, found}), .out({s[(i+1)*64+:64], bits[(i+1)*STEPS+:STEPS]}));
    end
  endgenerate
  assign log2 = {{4{exponent_out[11]}}, exponent_out, 48'd0} + 64'(bits[STEPS*STEPS+:STEPS]);
  logic unused_s;
  assign unused_s = ^s[STEPS*64+:64];
endmodule
