// a * b in single precision, one rounding; every NaN is 0x7fc00000.
//
// Latency: STAGES cycles, shared out among the end and behind the product. Throughput: one per cycle.
// C++ twin: models/arith/softfloat_multiply.cpp.
module f32_multiply #(
    parameter int STAGES = 0
) (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [31:0] b,
    output logic [31:0] result
);
  logic a_nan, a_infinite, a_zero, a_negative, b_nan, b_infinite, b_zero, b_negative;
  logic [23:0] a_significand, b_significand;
  logic signed [11:0] a_exponent, b_exponent;
  float_unpack unpack_a (
      .x(a), .nan(a_nan), .infinite(a_infinite), .zero(a_zero), .negative(a_negative),
      .significand(a_significand), .exponent(a_exponent));
  float_unpack unpack_b (
      .x(b), .nan(b_nan), .infinite(b_infinite), .zero(b_zero), .negative(b_negative),
      .significand(b_significand), .exponent(b_exponent));

  logic negative, nan, infinite, zero, negative_2, nan_2, infinite_2, zero_2, unused_inexact, unused_overflow;
  logic signed [11:0] exponent, exponent_2;
  logic [47:0] product, product_2;
  logic [31:0] rounded_2;
  assign negative = a_negative ^ b_negative;
  assign nan = a_nan | b_nan | (a_infinite & b_zero) | (a_zero & b_infinite);
  assign infinite = a_infinite | b_infinite;
  assign zero = a_zero | b_zero;
  assign exponent = a_exponent + b_exponent;
  assign product = 48'(a_significand) * 48'(b_significand);
  pipe #(.WIDTH(64), .STAGES(STAGES / 2)) after_product (
      .clk(clk), .in({negative, nan, infinite, zero, exponent, product}),
      .out({negative_2, nan_2, infinite_2, zero_2, exponent_2, product_2}));
  f32_round #(.WIDTH(48)) round (
      .negative(negative_2), .exponent(exponent_2 + 12'(product_2[47])),
      .significand(product_2[47] ? product_2 : product_2 << 1), .result(rounded_2), .inexact(unused_inexact),
      .overflow(unused_overflow));
  pipe #(.WIDTH(32), .STAGES(STAGES - STAGES / 2)) at_end (
      .clk(clk),
      .in(nan_2 ? 32'h7fc00000 : infinite_2 ? {negative_2, 31'h7f800000} : zero_2 ? {negative_2, 31'd0} : rounded_2),
      .out(result));
endmodule
