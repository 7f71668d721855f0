// A balanced tree of adders: the sum of COUNT terms modulo 2^WIDTH. Combinational.
//
// Parameters: COUNT >= 1 terms; WIDTH bits of a term and of the sum, so whoever needs them all extends first.
module sum_tree #(
    parameter int COUNT = 4,
    parameter int WIDTH = 8
) (
    input  logic [COUNT*WIDTH-1:0] terms,
    output logic [      WIDTH-1:0] sum
);
  localparam int LEAVES = 1 << $clog2(COUNT);
  // Node i adds nodes 2i and 2i + 1; the leaves are nodes LEAVES and up, node 1 is the root.
  logic [2*LEAVES*WIDTH-1:0] node;
  always_comb begin
    node = (2 * LEAVES * WIDTH)'(terms) << (LEAVES * WIDTH);
    for (int i = LEAVES - 1; i >= 1; i = i - 1)
      node[i*WIDTH+:WIDTH] = node[2*i*WIDTH+:WIDTH] + node[(2*i+1)*WIDTH+:WIDTH];
  end
  assign sum = node[WIDTH+:WIDTH];
endmodule
