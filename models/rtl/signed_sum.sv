// The sum of COUNT numbers in sign and magnitude, those that are present, modulo 2^WIDTH. Each goes into the adder tree
// as a two's complement number whose last carry is a term of its own, so that no adder stands before the tree.
// Combinational.
//
// Parameters: COUNT >= 1; BITS of a magnitude; WIDTH >= BITS of the sum: BITS + clog2(COUNT) + 1 hold every one.
module signed_sum #(
    parameter int COUNT = 4,
    parameter int BITS  = 36,
    parameter int WIDTH = 39
) (
    input  logic [     COUNT-1:0] present,
    input  logic [     COUNT-1:0] negative,
    input  logic [COUNT*BITS-1:0] magnitudes,
    output logic [     WIDTH-1:0] sum
);
  logic [2*COUNT*WIDTH-1:0] terms;
  genvar i;
  generate
    for (i = 0; i < COUNT; i = i + 1) begin : g_term
      logic [WIDTH-1:0] complement;
      assign complement = WIDTH'(magnitudes[i*BITS+:BITS]) ^ {WIDTH{negative[i]}};
      assign terms[2*i*WIDTH+:WIDTH] = complement & {WIDTH{present[i]}};
      assign terms[(2*i+1)*WIDTH+:WIDTH] = {{(WIDTH - 1) {1'b0}}, negative[i] & present[i]};
    end
  endgenerate
  sum_tree #(.COUNT(2 * COUNT), .WIDTH(WIDTH)) tree (.terms(terms), .sum(sum));
endmodule
