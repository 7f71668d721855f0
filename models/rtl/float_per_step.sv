// accumulator + a sum of products, one rounding per product in the order of the elements: a chain of V fused
// multiply-adds in single precision. Combinational.
//
// Parameters: V; PRODUCT_BITS; LOWEST: no product has bits below 2^LOWEST. Ports: products as float_multiply has them;
// counts: non-zero products that left the accumulator as it was, finite roundings that lost bits, finite sums that
// became infinite.
// C++ twin: models/arith/float_beat_per_step.cpp.
module float_per_step #(
    parameter int V            = 4,
    parameter int PRODUCT_BITS = 48,
    parameter int LOWEST       = -298
) (
    input  logic [V-1:0]              real_product,
    input  logic [V-1:0]              nan,
    input  logic [V-1:0]              infinite,
    input  logic [V-1:0]              negative,
    input  logic [V-1:0]              empty,
    input  logic [V*12-1:0]           exponent,
    input  logic [V*PRODUCT_BITS-1:0] product,
    input  logic [31:0]               accumulator,
    output logic [31:0]               result,
    output logic [15:0]               lost_products,
    output logic [15:0]               truncated_sums,
    output logic [15:0]               saturations
);
  localparam int BITS = PRODUCT_BITS > 26 ? PRODUCT_BITS + 1 : 27;
  logic [V-1:0] lost, short_sum, overflowed;
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_step
      logic [31:0] before_step, finite_sum, special_sum, after_step;
      logic special, finite, inexact, overflow;
      if (i == 0) begin : g_first
        assign before_step = accumulator;
      end else begin : g_next
        assign before_step = g_step[i-1].after_step;
      end
      logic [8:0] field;
      logic [BITS-1:0] placed;
      f32_place #(.WIDTH(PRODUCT_BITS), .PLACED_BITS(BITS), .LOWEST(LOWEST)) place (
          .exponent(exponent[i*12+:12]),
          .significand(empty[i] ? '0 : product[i*PRODUCT_BITS+:PRODUCT_BITS]), .field(field), .placed(placed));
      f32_fused_add #(.BITS(BITS)) add (
          .product_negative(negative[i]), .product_field(field), .product(placed), .c(before_step),
          .result(finite_sum), .inexact(inexact), .overflow(overflow));
      float_special specials (
          .accumulator(before_step), .nan(nan[i]), .infinite(infinite[i]), .negative(negative[i]),
          .result(special_sum));
      assign special = nan[i] | infinite[i] | &before_step[30:23];
      assign finite = real_product[i] & ~special;
      assign after_step = !real_product[i] ? before_step : special ? special_sum : finite_sum;
      assign lost[i] = finite & ~empty[i] & finite_sum == before_step;
      assign short_sum[i] = finite & inexact & ~overflow;
      assign overflowed[i] = finite & overflow;
    end
  endgenerate
  assign result = g_step[V-1].after_step;
  count_ones #(.WIDTH(V)) over_lost (.flags(lost), .count(lost_products));
  count_ones #(.WIDTH(V)) over_short (.flags(short_sum), .count(truncated_sums));
  count_ones #(.WIDTH(V)) over_overflowed (.flags(overflowed), .count(saturations));
endmodule
