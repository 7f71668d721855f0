// a * b + c in single precision, one rounding; every NaN is 0x7fc00000.
//
// Latency: STAGES cycles, shared out among the addition's stages and behind the product. Throughput: one per cycle.
// C++ twin: models/arith/softfloat_fma.cpp.
module f32_fma #(
    parameter int STAGES = 0
) (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [31:0] b,
    input  logic [31:0] c,
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

  localparam int AFTER_PRODUCT = STAGES / 4;
  localparam int ADD           = STAGES - AFTER_PRODUCT;

  logic negative, infinite, product_zero, c_nan, c_infinite, nan, special;
  logic signed [11:0] exponent;
  logic [47:0] product;
  assign negative = a_negative ^ b_negative;
  assign infinite = a_infinite | b_infinite;
  assign product_zero = a_zero | b_zero;
  assign product = 48'(a_significand) * 48'(b_significand);
  assign exponent = a_exponent + b_exponent;
  assign c_nan = &c[30:23] & |c[22:0];
  assign c_infinite = &c[30:23] & ~|c[22:0];
  assign nan = a_nan | b_nan | c_nan | (infinite & product_zero) | (infinite & c_infinite & negative != c[31]);
  assign special = nan | infinite | c_infinite;

  logic negative_2, product_zero_2, special_2, special_3, unused_inexact, unused_overflow;
  logic signed [11:0] exponent_2;
  logic [47:0] product_2;
  logic [31:0] c_2, special_result_2, special_result_3, sum_3;
  pipe #(.WIDTH(127), .STAGES(AFTER_PRODUCT)) after_product (
      .clk(clk),
      .in({negative, product_zero, special, exponent, product, c,
           nan ? 32'h7fc00000 : infinite ? {negative, 31'h7f800000} : c}),
      .out({negative_2, product_zero_2, special_2, exponent_2, product_2, c_2, special_result_2}));
  pipe #(.WIDTH(33), .STAGES(ADD)) beside (
      .clk(clk), .in({special_2, special_result_2}), .out({special_3, special_result_3}));
  f32_product_add #(.STAGES(ADD)) add (
      .clk(clk), .product_negative(negative_2), .product_zero(product_zero_2),
      .product(product_2[47] ? product_2 : product_2 << 1), .product_exponent(exponent_2 + 12'(product_2[47])),
      .c(c_2), .result(sum_3), .inexact(unused_inexact), .overflow(unused_overflow));
  assign result = special_3 ? special_result_3 : sum_3;
endmodule
