// The exact sum of a beat's products, in fixed point.
//
// Latency: AFTER_TREE cycles. Throughput: one beat per cycle.
// Parameters: V; PRODUCT_BITS; SUM_BITS, LOW: no product has bits below 2^LOW, and SUM_BITS from there on hold every
// signed sum. Ports: products as float_multiply gives them. C++ twin: models/arith/float_beat_fused.cpp.
module float_fused #(
    parameter int V            = 4,
    parameter int PRODUCT_BITS = 8,
    parameter int SUM_BITS     = 39,
    parameter int LOW          = -18,
    parameter int AFTER_TREE   = 1
) (
    input  logic                       clk,
    input  logic [V-1:0]               negative,
    input  logic [V-1:0]               empty,
    input  logic [V*12-1:0]            exponent,
    input  logic [V*PRODUCT_BITS-1:0]  product,
    output logic signed [SUM_BITS-1:0] sum
);
  localparam int BITS = SUM_BITS - $clog2(V) - 1;  // of a magnitude

  logic [V*BITS-1:0] magnitudes;
  logic [SUM_BITS-1:0] sum_1;
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_term
      logic [BITS+PRODUCT_BITS-2:0] placed;
      logic [11:0] shift;
      assign shift = exponent[i*12+:12] - 12'(LOW);
      assign placed = (BITS + PRODUCT_BITS - 1)'(product[i*PRODUCT_BITS+:PRODUCT_BITS]) << shift;
      assign magnitudes[i*BITS+:BITS] = BITS'(placed >> (PRODUCT_BITS - 1));
    end
  endgenerate
  signed_sum #(.COUNT(V), .BITS(BITS), .WIDTH(SUM_BITS)) tree (
      .present(~empty), .negative(negative), .magnitudes(magnitudes), .sum(sum_1));
  pipe #(.WIDTH(SUM_BITS), .STAGES(AFTER_TREE)) after_tree (.clk(clk), .in(sum_1), .out(sum));
endmodule
