// The sum of a beat's products, aligned to the largest among them and cut there, towards zero, to ALIGNMENT_BITS bits.
//
//   1 largest exponent, and how far below it each product lies
//   2 shift and cut, one adder tree
//
// Latency: AFTER_LARGEST + AFTER_TREE cycles, behind the steps. Throughput: one beat per cycle.
// Parameters: V; ALIGNMENT_BITS 8..48; EXPONENT_BITS that hold every product's exponent and a smaller number;
// PRODUCT_BITS; SUM_BITS: ALIGNMENT_BITS + clog2(V) + 1.
// Ports: products as float_multiply gives them; sum: signed, bit 0 weighs 2^low; lost: non-zero products of which
// nothing is left; dropped: bits of some product were.
// C++ twin: models/arith/float_beat_aligned.cpp.
module float_aligned #(
    parameter int V              = 4,
    parameter int ALIGNMENT_BITS = 27,
    parameter int EXPONENT_BITS  = 10,
    parameter int PRODUCT_BITS   = 48,
    parameter int SUM_BITS       = 30,
    parameter int AFTER_LARGEST  = 1,
    parameter int AFTER_TREE     = 1
) (
    input  logic                       clk,
    input  logic [V-1:0]               negative,
    input  logic [V-1:0]               empty,
    input  logic [V*EXPONENT_BITS-1:0] exponent,
    input  logic [V*PRODUCT_BITS-1:0]  product,
    output logic signed [SUM_BITS-1:0] sum,
    output logic signed [11:0]         low,
    output logic [15:0]                lost,
    output logic                       dropped
);
  localparam int DOWN_BITS = $clog2(ALIGNMENT_BITS + 1);

  // 1 largest exponent
  logic [EXPONENT_BITS-1:0] highest;
  logic signed [11:0] low_1, low_2;
  logic [V*DOWN_BITS-1:0] down_1, down_2;
  logic [V-1:0] negative_2, empty_2;
  logic [V*PRODUCT_BITS-1:0] product_2;
  largest #(.COUNT(V), .WIDTH(EXPONENT_BITS)) find (.present(~empty), .numbers(exponent), .found(highest));
  assign low_1 = 12'($signed(highest)) - 12'(ALIGNMENT_BITS - 1);
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_distance
      logic [EXPONENT_BITS-1:0] distance;
      assign distance = highest - exponent[i*EXPONENT_BITS+:EXPONENT_BITS];
      assign down_1[i*DOWN_BITS+:DOWN_BITS] =
          32'(distance) > ALIGNMENT_BITS ? DOWN_BITS'(ALIGNMENT_BITS) : DOWN_BITS'(distance);
    end
  endgenerate
  pipe #(.WIDTH(V * (PRODUCT_BITS + 2 + DOWN_BITS) + 12), .STAGES(AFTER_LARGEST)) after_largest (
      .clk(clk), .in({negative, empty, product, down_1, low_1}),
      .out({negative_2, empty_2, product_2, down_2, low_2}));

  // 2 shift and cut, sum
  logic [V*ALIGNMENT_BITS-1:0] kept;
  logic [V-1:0] lost_2, dropped_2;
  logic [SUM_BITS-1:0] sum_2;
  logic [15:0] lost_count;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_term
      logic [PRODUCT_BITS+ALIGNMENT_BITS-1:0] placed;
      assign placed = {product_2[i*PRODUCT_BITS+:PRODUCT_BITS], {ALIGNMENT_BITS{1'b0}}} >>
          down_2[i*DOWN_BITS+:DOWN_BITS];
      assign kept[i*ALIGNMENT_BITS+:ALIGNMENT_BITS] = placed[PRODUCT_BITS+:ALIGNMENT_BITS];
      assign dropped_2[i] = ~empty_2[i] & |placed[PRODUCT_BITS-1:0];
      assign lost_2[i] = ~empty_2[i] & ~|kept[i*ALIGNMENT_BITS+:ALIGNMENT_BITS];
    end
  endgenerate
  signed_sum #(.COUNT(V), .BITS(ALIGNMENT_BITS), .WIDTH(SUM_BITS)) tree (
      .present(~empty_2), .negative(negative_2), .magnitudes(kept), .sum(sum_2));
  count_ones #(.WIDTH(V)) over_lost (.flags(lost_2), .count(lost_count));
  pipe #(.WIDTH(SUM_BITS + 29), .STAGES(AFTER_TREE)) after_tree (
      .clk(clk), .in({sum_2, low_2, lost_count, |dropped_2}), .out({sum, low, lost, dropped}));
endmodule
