// The largest of COUNT signed numbers, of those that are present; the smallest possible one when none is.
// Combinational: a balanced tree of comparators.
module largest #(
    parameter int COUNT = 4,
    parameter int WIDTH = 12
) (
    input  logic [      COUNT-1:0] present,
    input  logic [COUNT*WIDTH-1:0] numbers,
    output logic [      WIDTH-1:0] found
);
  localparam int LEAVES = 1 << $clog2(COUNT);
  localparam logic [WIDTH-1:0] LOWEST = {1'b1, {(WIDTH - 1) {1'b0}}};
  // As in sum_tree.
  logic [2*LEAVES*WIDTH-1:0] node;
  always_comb begin
    node = {2 * LEAVES{LOWEST}};
    for (int i = 0; i < COUNT; i = i + 1)
      if (present[i]) node[(LEAVES+i)*WIDTH+:WIDTH] = numbers[i*WIDTH+:WIDTH];
    for (int i = LEAVES - 1; i >= 1; i = i - 1)
      node[i*WIDTH+:WIDTH] = $signed(node[2*i*WIDTH+:WIDTH]) > $signed(node[(2*i+1)*WIDTH+:WIDTH]) ?
          node[2*i*WIDTH+:WIDTH] : node[(2*i+1)*WIDTH+:WIDTH];
  end
  assign found = node[WIDTH+:WIDTH];
endmodule
