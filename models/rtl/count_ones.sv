// How many of the flags are set, up to 2^16 - 1 of them. Combinational.
module count_ones #(
    parameter int WIDTH = 4
) (
    input  logic [WIDTH-1:0] flags,
    output logic [15:0]      count
);
  localparam int BITS = $clog2(WIDTH + 1);
  logic [WIDTH*BITS-1:0] terms;
  logic [BITS-1:0] sum;
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : g_term
      assign terms[i*BITS+:BITS] = BITS'(flags[i]);
    end
  endgenerate
  sum_tree #(.COUNT(WIDTH), .WIDTH(BITS)) tree (.terms(terms), .sum(sum));
  assign count = 16'(sum);
endmodule
