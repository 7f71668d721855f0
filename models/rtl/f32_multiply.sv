// a * b in single precision, one rounding; every NaN is 0x7fc00000. Combinational.
// C++ twin: models/arith/softfloat_multiply.cpp.
module f32_multiply (
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

  logic [47:0] product, normalised;
  logic negative, unused_inexact, unused_overflow;
  logic [31:0] rounded;
  assign negative = a_negative ^ b_negative;
  assign product = 48'(a_significand) * 48'(b_significand);
  assign normalised = product[47] ? product : product << 1;
  f32_round #(.WIDTH(48)) round (
      .negative(negative), .exponent(a_exponent + b_exponent + 12'(product[47])), .significand(normalised),
      .result(rounded), .inexact(unused_inexact), .overflow(unused_overflow));

  assign result = a_nan | b_nan | (a_infinite & b_zero) | (a_zero & b_infinite) ? 32'h7fc00000 :
      a_infinite | b_infinite ? {negative, 31'h7f800000} : a_zero | b_zero ? {negative, 31'd0} : rounded;
endmodule
