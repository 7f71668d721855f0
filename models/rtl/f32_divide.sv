// a / b in single precision, one rounding; every NaN is 0x7fc00000. The quotient's 27 bits by subtraction, one per
// step.
//
// Latency: STAGES cycles, the steps shared out evenly among them. Throughput: one per cycle.
// C++ twin: models/arith/softfloat_divide.cpp.
module f32_divide #(
    parameter int STAGES = 3
) (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [31:0] b,
    output logic [31:0] result
);
  localparam int STEPS = 27;

  logic a_nan, a_infinite, a_zero, a_negative, b_nan, b_infinite, b_zero, b_negative;
  logic [23:0] a_significand, b_significand;
  logic signed [11:0] a_exponent, b_exponent;
  float_unpack unpack_a (
      .x(a), .nan(a_nan), .infinite(a_infinite), .zero(a_zero), .negative(a_negative),
      .significand(a_significand), .exponent(a_exponent));
  float_unpack unpack_b (
      .x(b), .nan(b_nan), .infinite(b_infinite), .zero(b_zero), .negative(b_negative),
      .significand(b_significand), .exponent(b_exponent));

  logic nan, infinite, zero, negative, nan_out, infinite_out, zero_out, negative_out;
  logic signed [11:0] exponent_out;
  assign nan = a_nan | b_nan | (a_infinite & b_infinite) | (a_zero & b_zero);
  assign infinite = a_infinite | b_zero;
  assign zero = a_zero | b_infinite;
  assign negative = a_negative ^ b_negative;
  pipe #(.WIDTH(16), .STAGES(STAGES)) beside (
      .clk(clk), .in({nan, infinite, zero, negative, a_exponent - b_exponent}),
      .out({nan_out, infinite_out, zero_out, negative_out, exponent_out}));

  // Remainder, below twice the divisor, divisor and quotient so far, before each step.
  logic [(STEPS+1)*25-1:0] remainder;
  logic [(STEPS+1)*24-1:0] divisor;
  logic [(STEPS+1)*STEPS-1:0] quotient;
  assign remainder[24:0] = {1'b0, a_significand};
  assign divisor[23:0] = b_significand;
  assign quotient[STEPS-1:0] = '0;
  genvar i;
  generate
    for (i = 0; i < STEPS; i = i + 1) begin : g_step
      logic [25:0] difference;
      logic [24:0] left;
      logic [STEPS-1:0] found;
      assign difference = {1'b0, remainder[i*25+:25]} - {2'b0, divisor[i*24+:24]};
      assign left = difference[25] ? remainder[i*25+:25] : difference[24:0];
      assign found = STEPS'({quotient[i*STEPS+:STEPS], ~difference[25]});
      // The last step of each stage ends in a register.
      pipe #(.WIDTH(49 + STEPS), .STAGES((i + 1) * STAGES / STEPS - i * STAGES / STEPS)) after (
          .clk(clk), .in({left << 1, divisor[i*24+:24], found}),
          .out({remainder[(i+1)*25+:25], divisor[(i+1)*24+:24], quotient[(i+1)*STEPS+:STEPS]}));
    end
  endgenerate

  // 2^26 times the quotient of two significands, of which one in two lies below 2^26.
  logic [STEPS-1:0] last;
  logic rest, unused_inexact, unused_overflow, unused_divisor;
  logic [31:0] rounded;
  assign last = quotient[STEPS*STEPS+:STEPS];
  assign rest = |remainder[STEPS*25+:25];
  assign unused_divisor = ^divisor[STEPS*24+:24];
  f32_round #(.WIDTH(STEPS + 1)) round (
      .negative(negative_out), .exponent(last[STEPS-1] ? exponent_out : exponent_out - 12'sd1),
      .significand(last[STEPS-1] ? {last, rest} : {last[STEPS-2:0], rest, 1'b0}), .result(rounded),
      .inexact(unused_inexact), .overflow(unused_overflow));
  assign result = nan_out ? 32'h7fc00000 : infinite_out ? {negative_out, 31'h7f800000} :
      zero_out ? {negative_out, 31'd0} : rounded;
endmodule
