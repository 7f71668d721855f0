// a * b + c in single precision, one rounding; every NaN is 0x7fc00000. Combinational.
// C++ twin: models/arith/softfloat_fma.cpp.
module f32_fma (
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

  logic negative, infinite, product_zero, c_nan, c_infinite;
  logic unused_inexact, unused_overflow;
  logic [47:0] product, normalised;
  logic [48:0] placed;
  logic [8:0] field;
  logic [31:0] sum;
  assign negative = a_negative ^ b_negative;
  assign infinite = a_infinite | b_infinite;
  assign product_zero = a_zero | b_zero;
  assign product = product_zero ? '0 : 48'(a_significand) * 48'(b_significand);
  assign normalised = product[47] ? product : product << 1;
  assign c_nan = &c[30:23] & |c[22:0];
  assign c_infinite = &c[30:23] & ~|c[22:0];
  f32_place #(.WIDTH(48), .PLACED_BITS(49)) place (
      .exponent(a_exponent + b_exponent + 12'(product[47])), .significand(normalised), .field(field),
      .placed(placed));
  f32_fused_add #(.BITS(49)) add (
      .product_negative(negative), .product_field(field), .product(placed), .c(c), .result(sum),
      .inexact(unused_inexact), .overflow(unused_overflow));

  assign result = a_nan | b_nan | c_nan | (infinite & product_zero) |
      (infinite & c_infinite & negative != c[31]) ? 32'h7fc00000 :
      infinite ? {negative, 31'h7f800000} : c_infinite ? c : sum;
endmodule
