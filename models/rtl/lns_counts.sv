// What a dot product lost, counted: instrumentation beside lns_dot, which nothing of it feeds back into.
//
// Ports: flags of the steps of lns_dot, in the step where they arise: real_1, nonzero_1, lost_1 of the
// products, short_2, short_3, short_4 of products, bins and multiplied sums that lost bits; counts at its end.
module lns_counts #(
    parameter int V               = 4,
    parameter int BINS            = 8,
    parameter int AFTER_MULTIPLY  = 1,
    parameter int AFTER_SHIFT     = 1,
    parameter int AFTER_BINS      = 1,
    parameter int AFTER_CONSTANTS = 1
) (
    input  logic            clk,
    input  logic [V-1:0]    real_1,
    input  logic [V-1:0]    nonzero_1,
    input  logic [V-1:0]    lost_1,
    input  logic [V-1:0]    short_2,
    input  logic [BINS-1:0] short_3,
    input  logic [BINS:0]   short_4,
    output logic [15:0]     products,
    output logic [15:0]     zero_products,
    output logic [15:0]     lost_products,
    output logic [15:0]     truncated_sums
);
  localparam int FROM_MULTIPLY = AFTER_MULTIPLY + AFTER_SHIFT + AFTER_BINS + AFTER_CONSTANTS;

  logic [15:0] products_1, zeros_1, losses_1;
  count_ones #(.WIDTH(V)) count_products (.flags(real_1), .count(products_1));
  count_ones #(.WIDTH(V)) count_zeros (.flags(real_1 & ~nonzero_1), .count(zeros_1));
  count_ones #(.WIDTH(V)) count_losses (.flags(lost_1), .count(losses_1));
  pipe #(.WIDTH(48), .STAGES(FROM_MULTIPLY)) from_multiply (
      .clk(clk), .in({products_1, zeros_1, losses_1}), .out({products, zero_products, lost_products}));

  logic [15:0] at_2, at_3, at_4, after_2, after_3, after_4;
  count_ones #(.WIDTH(V)) count_2 (.flags(short_2), .count(at_2));
  count_ones #(.WIDTH(BINS)) count_3 (.flags(short_3), .count(at_3));
  count_ones #(.WIDTH(BINS + 1)) count_4 (.flags(short_4), .count(at_4));
  pipe #(.WIDTH(16), .STAGES(AFTER_SHIFT)) from_shift (.clk(clk), .in(at_2), .out(after_2));
  pipe #(.WIDTH(16), .STAGES(AFTER_BINS)) from_bins (.clk(clk), .in(after_2 + at_3), .out(after_3));
  pipe #(.WIDTH(16), .STAGES(AFTER_CONSTANTS)) from_constants (.clk(clk), .in(after_3 + at_4), .out(after_4));
  assign truncated_sums = after_4;
endmodule
