// product + c with one rounding, for a finite product of up to 48 bits that need not be a single-precision number,
// and a finite c. In stages, for lanes that start with all of it; the adder of an accumulator's loop is f32_fused_add.
//
// Latency: STAGES cycles, shared out among the end, behind the sum and behind the alignment. Throughput: one per cycle.
// Ports: product: the leading one on top, its weight is 2^product_exponent. A sum of zero is +0, unless both terms
// are negative zeros. C++ twin: add_exact in models/arith/softfloat_round.cpp.
module f32_product_add #(
    parameter int STAGES = 0
) (
    input  logic               clk,
    input  logic               product_negative,
    input  logic               product_zero,
    input  logic [47:0]        product,
    input  logic signed [11:0] product_exponent,
    input  logic [31:0]        c,
    output logic [31:0]        result,
    output logic               inexact,
    output logic               overflow
);
  localparam int AFTER_ALIGN = STAGES / 3;
  localparam int AFTER_SUM   = (STAGES + 1) / 3;
  localparam int AT_END      = (STAGES + 2) / 3;

  // Align: the smaller term goes down, its leading one at bit 49 of 50 at first. What is shifted past bit 0 stands in
  // as a set bit 0: the shift is then by 3 or more, and the sum cancels one bit at most.
  logic c_nan, c_infinite, c_zero, c_negative, unused_special;
  logic [23:0] c_significand;
  logic signed [11:0] c_exponent;
  float_unpack unpack (
      .x(c), .nan(c_nan), .infinite(c_infinite), .zero(c_zero), .negative(c_negative),
      .significand(c_significand), .exponent(c_exponent));
  assign unused_special = c_nan | c_infinite;

  logic product_larger, small_zero, lost;
  logic signed [11:0] large_exponent;
  logic [11:0] distance;
  logic [5:0] down;
  logic [49:0] larger, smaller, shifted, low;
  assign product_larger = c_zero | (~product_zero &
      $signed({product_exponent, product}) > $signed({c_exponent, c_significand, 24'd0}));
  assign larger = product_larger ? {product, 2'd0} : {c_significand, 26'd0};
  assign smaller = product_larger ? {c_significand, 26'd0} : {product, 2'd0};
  assign small_zero = product_larger ? c_zero : product_zero;
  assign large_exponent = product_larger ? product_exponent : c_exponent;
  assign distance = product_larger ? product_exponent - c_exponent : c_exponent - product_exponent;
  assign down = distance > 12'd50 ? 6'd50 : distance[5:0];
  assign shifted = smaller >> down;
  assign lost = |(smaller & ~({50{1'b1}} << down));
  assign low = small_zero ? '0 : shifted | 50'(lost);

  // Sum
  logic opposite, large_negative, both_zero, both_negative;
  logic opposite_2, negative_2, zero_2, both_negative_2;
  logic signed [11:0] exponent_2;
  logic [49:0] larger_2, low_2;
  logic [50:0] sum_2;
  assign opposite = product_negative != c_negative;
  assign large_negative = product_larger ? product_negative : c_negative;
  assign both_zero = product_zero & c_zero;
  assign both_negative = product_negative & c_negative;
  pipe #(.WIDTH(116), .STAGES(AFTER_ALIGN)) after_align (
      .clk(clk), .in({opposite, large_negative, both_zero, both_negative, large_exponent, larger, low}),
      .out({opposite_2, negative_2, zero_2, both_negative_2, exponent_2, larger_2, low_2}));
  assign sum_2 = {1'b0, larger_2} + (opposite_2 ? ~{1'b0, low_2} : {1'b0, low_2}) + 51'(opposite_2);

  // Round
  logic negative_3, zero_3, both_negative_3, nothing_3, inexact_3, overflow_3;
  logic signed [11:0] exponent_3;
  logic [50:0] sum_3, normalised_3;
  logic [5:0] top_3;
  logic [31:0] rounded_3;
  pipe #(.WIDTH(66), .STAGES(AFTER_SUM)) after_sum (
      .clk(clk), .in({negative_2, zero_2, both_negative_2, exponent_2, sum_2}),
      .out({negative_3, zero_3, both_negative_3, exponent_3, sum_3}));
  leading_one #(.WIDTH(51)) find (.x(sum_3), .top(top_3), .normalised(normalised_3));
  f32_round #(.WIDTH(51)) round (
      .negative(negative_3), .exponent(exponent_3 + 12'(top_3) - 12'sd49), .significand(normalised_3),
      .result(rounded_3), .inexact(inexact_3), .overflow(overflow_3));
  assign nothing_3 = zero_3 | ~normalised_3[50];
  pipe #(.WIDTH(34), .STAGES(AT_END)) at_end (
      .clk(clk),
      .in({nothing_3 ? {both_negative_3, 31'd0} : rounded_3, ~nothing_3 & inexact_3, ~nothing_3 & overflow_3}),
      .out({result, inexact, overflow}));
endmodule
