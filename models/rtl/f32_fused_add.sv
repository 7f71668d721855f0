// product + c with one rounding, for a finite product of up to 48 bits that need not be a single-precision number,
// and a finite c. Combinational.
//
// Ports: product: the leading one on top, its weight is 2^product_exponent. A sum of zero is +0, unless both terms
// are negative zeros. C++ twin: add_exact in models/arith/softfloat_round.cpp.
module f32_fused_add (
    input  logic               product_negative,
    input  logic               product_zero,
    input  logic [47:0]        product,
    input  logic signed [11:0] product_exponent,
    input  logic [31:0]        c,
    output logic [31:0]        result,
    output logic               inexact,
    output logic               overflow
);
  logic c_nan, c_infinite, c_zero, c_negative, unused_special;
  logic [23:0] c_significand;
  logic signed [11:0] c_exponent;
  float_unpack unpack (
      .x(c), .nan(c_nan), .infinite(c_infinite), .zero(c_zero), .negative(c_negative),
      .significand(c_significand), .exponent(c_exponent));
  assign unused_special = c_nan | c_infinite;

  // Leading ones at bit 98 of 100. A shift past bit 0 is by more than 50: the sum then cancels one bit at most, and
  // what was lost stands in as a set bit 0.
  logic product_larger, large_negative, same_sign, below, sum_negative;
  logic [47:0] larger, smaller;
  logic signed [11:0] large_exponent;
  logic [11:0] distance;
  logic [6:0] down;
  logic [99:0] high, unshifted, shifted, low, sum, normalised;
  logic [6:0] top;
  logic small_zero;
  assign product_larger = c_zero | (~product_zero & product_exponent > c_exponent);
  assign larger = product_larger ? product : {c_significand, 24'd0};
  assign smaller = product_larger ? {c_significand, 24'd0} : product;
  assign small_zero = product_larger ? c_zero : product_zero;
  assign large_negative = product_larger ? product_negative : c_negative;
  assign large_exponent = product_larger ? product_exponent : c_exponent;
  assign distance = product_larger ? product_exponent - c_exponent : c_exponent - product_exponent;
  assign down = distance > 12'd100 ? 7'd100 : distance[6:0];
  assign high = {1'b0, larger, 51'd0};
  assign unshifted = {1'b0, smaller, 51'd0};
  assign shifted = unshifted >> down;
  assign low = small_zero ? '0 : shifted | 100'(shifted << down != unshifted);
  assign same_sign = product_negative == c_negative;
  assign below = high < low;
  assign sum = same_sign ? high + low : below ? low - high : high - low;
  assign sum_negative = same_sign ? large_negative : below ? ~large_negative : large_negative;
  leading_one #(.WIDTH(100)) find (.x(sum), .top(top), .normalised(normalised));

  logic all_zero, sum_inexact, sum_overflow;
  logic [31:0] rounded;
  f32_round #(.WIDTH(100)) round (
      .negative(sum_negative), .exponent(large_exponent + 12'(top) - 12'sd98), .significand(normalised),
      .result(rounded), .inexact(sum_inexact), .overflow(sum_overflow));
  assign all_zero = (product_zero & c_zero) | ~|sum;
  assign result = all_zero ? {product_negative & c_negative, 31'd0} : rounded;
  assign inexact = ~all_zero & sum_inexact;
  assign overflow = ~all_zero & sum_overflow;
endmodule
