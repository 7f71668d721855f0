// product + c with one rounding, for a finite product, of any width, that need not be a single-precision number, and a
// finite c. Combinational: what an accumulator's loop consists of, so what can be done to the product before c is there
// is left to f32_place, and a subnormal c or sum is never shifted for being one.
//
// Parameters: BITS of the product. Ports: product, product_field: as f32_place gives them. A sum of zero is +0, unless
// both terms are negative zeros. C++ twin: add_exact in models/arith/softfloat_round.cpp.
module f32_fused_add #(
    parameter int BITS = 49
) (
    input  logic            product_negative,
    input  logic [8:0]      product_field,
    input  logic [BITS-1:0] product,
    input  logic [31:0]     c,
    output logic [31:0]     result,
    output logic            inexact,
    output logic            overflow
);
  localparam int WIDTH     = BITS + 1;  // room for a carry
  localparam int DOWN_BITS = $clog2(WIDTH);

  logic c_negative;
  logic [8:0] c_field;
  logic [BITS-1:0] c_significand;
  assign c_negative = c[31];
  assign c_field = {1'b0, c[30:24], c[23] | ~|c[30:23]};
  assign c_significand = {|c[30:23], c[22:0], {(BITS - 24) {1'b0}}};

  // The larger term less the smaller one never is negative. Terms whose exponents differ by more than one cancel one
  // bit at most, so that what is shifted out may stand in as a set bit 0.
  logic product_larger, far;
  logic [8:0] field, above, below, distance;
  logic [DOWN_BITS-1:0] down;
  logic [BITS-1:0] high, unshifted, low;
  assign product_larger = {product_field, product} > {c_field, c_significand};
  assign above = product_field - c_field;
  assign below = c_field - product_field;
  assign distance = product_field > c_field ? above : below;
  assign far = |(distance >> DOWN_BITS);
  assign down = DOWN_BITS'(distance);
  assign field = product_larger ? product_field : c_field;
  assign high = product_larger ? product : c_significand;
  assign unshifted = product_larger ? c_significand : product;
  assign low = far ? BITS'(|unshifted) :
      (unshifted >> down) | BITS'(|(unshifted & ~({BITS{1'b1}} << down)));

  logic subtract, negative;
  logic [WIDTH-1:0] sum;
  assign subtract = product_negative != c_negative;
  assign sum = WIDTH'(({1'b0, high, 1'b1} + {{WIDTH{subtract}} ^ {1'b0, low}, subtract}) >> 1);
  assign negative = product_larger ? product_negative : c_negative;

  // The leading one goes to the top, but no further than to the weight of the smallest normal number.
  logic [WIDTH-1:0] stop, unused_normalised;
  logic [DOWN_BITS-1:0] top, up;
  assign stop = {1'b1, {(WIDTH - 1) {1'b0}}} >> field;
  leading_one #(.WIDTH(WIDTH)) find (.x(sum | stop), .top(top), .normalised(unused_normalised));
  assign up = DOWN_BITS'(WIDTH - 1) - top;

  logic [31:0] rounded;
  f32_round_placed #(.WIDTH(WIDTH)) round (
      .negative(negative), .field(field + 9'd1 - 9'(up)), .significand(sum << up), .result(rounded),
      .inexact(inexact), .overflow(overflow));
  assign result = {|sum ? rounded[31] : product_negative & c_negative, rounded[30:0]};
endmodule
