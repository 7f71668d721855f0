// product + c with one rounding, for a finite product, of any width, that need not be a single-precision number, and a
// finite c. Combinational: what an accumulator's loop consists of, so a subnormal number is neither normalised on its
// way in nor shifted down on its way out.
//
// Parameters: PRODUCT_BITS. Ports: product: the leading one on top, its weight is 2^product_exponent. A sum of zero is
// +0, unless both terms are negative zeros. C++ twin: add_exact in models/arith/softfloat_round.cpp.
module f32_fused_add #(
    parameter int PRODUCT_BITS = 48
) (
    input  logic                    product_negative,
    input  logic                    product_zero,
    input  logic [PRODUCT_BITS-1:0] product,
    input  logic signed [11:0]      product_exponent,
    input  logic [31:0]             c,
    output logic [31:0]             result,
    output logic                    inexact,
    output logic                    overflow
);
  // A sum has room for a carry, the bits of a term, and one bit below. Terms whose exponents differ by more than one
  // cancel one bit at most, so that what is shifted out may stand in as a set bit 0.
  localparam int BITS  = PRODUCT_BITS > 26 ? PRODUCT_BITS : 26;
  localparam int WIDTH = BITS + 2;

  // Zero and subnormal numbers have the exponent of the smallest normal ones and zeros on top. Where they meet a
  // product below that exponent, more may cancel, but the sum rounds far above bit 0 all the same.
  logic c_negative, c_normal;
  logic [7:0] c_field;
  logic signed [11:0] c_exponent;
  logic [BITS-1:0] c_significand, significand;
  assign {c_negative, c_field} = c[31:23];
  assign c_normal = |c_field;
  assign c_exponent = c_normal ? 12'(c_field) - 12'd127 : -12'sd126;
  assign c_significand = {c_normal, c[22:0], {(BITS - 24) {1'b0}}};
  assign significand = (product_zero ? '0 : BITS'(product)) << (BITS - PRODUCT_BITS);

  logic product_larger;
  logic signed [11:0] exponent;
  logic [11:0] distance;
  logic [$clog2(WIDTH)-1:0] down;
  logic [WIDTH-1:0] high, unshifted, low;
  assign product_larger = ~product_zero & product_exponent > c_exponent;
  assign exponent = product_larger ? product_exponent : c_exponent;
  assign distance = product_larger ? product_exponent - c_exponent : c_exponent - product_exponent;
  assign down = distance > 12'(BITS + 1) ? ($clog2(WIDTH))'(BITS + 1) : ($clog2(WIDTH))'(distance);
  assign high = {1'b0, product_larger ? significand : c_significand, 1'b0};
  assign unshifted = {1'b0, product_larger ? c_significand : significand, 1'b0};
  assign low = (unshifted >> down) | WIDTH'(|(unshifted & ~({WIDTH{1'b1}} << down)));

  // Both differences at once: which one is negative shows last.
  logic subtract, below, negative;
  logic [WIDTH:0] forward;
  logic [WIDTH-1:0] sum;
  assign subtract = product_negative != c_negative;
  assign forward = {high, 1'b1} + {low ^ {WIDTH{subtract}}, subtract};
  assign below = subtract & forward[WIDTH];
  assign sum = below ? low - high : forward[WIDTH:1];
  assign negative = (product_larger ? product_negative : c_negative) ^ below;

  // The leading one goes to the top, but no further than to the weight of the smallest normal number.
  logic [11:0] furthest, up;
  logic [WIDTH-1:0] stop, unused_normalised;
  logic [$clog2(WIDTH)-1:0] top;
  assign furthest = exponent + 12'd127;
  assign stop = furthest > 12'(WIDTH - 1) ? '0 : {1'b1, {(WIDTH - 1) {1'b0}}} >> furthest;
  leading_one #(.WIDTH(WIDTH)) find (.x(sum | stop), .top(top), .normalised(unused_normalised));
  assign up = 12'(WIDTH - 1) - 12'(top);

  logic [31:0] rounded;
  f32_round_placed #(.WIDTH(WIDTH)) round (
      .negative(negative), .exponent(exponent + 12'd1 - up), .significand(sum << up), .result(rounded),
      .inexact(inexact), .overflow(overflow));
  assign result = {|sum ? rounded[31] : product_negative & c_negative, rounded[30:0]};
endmodule
