// Position of the leading one of x, 0 when there is none, and x shifted up so that it comes out on top.
// Combinational: a balanced tree, each of whose nodes knows the position within its part.
module leading_one #(
    parameter int WIDTH = 24
) (
    input  logic [WIDTH-1:0]         x,
    output logic [$clog2(WIDTH)-1:0] top,
    output logic [WIDTH-1:0]         normalised
);
  localparam int LEVELS = $clog2(WIDTH);
  logic [(1<<LEVELS)-1:0] padded;
  assign padded = (1 << LEVELS)'(x);

  // A node of level k looks at 2^k bits.
  genvar k, i;
  generate
    for (k = 1; k <= LEVELS; k = k + 1) begin : g_level
      localparam int NODES = 1 << (LEVELS - k);
      logic [NODES-1:0] any;
      logic [NODES*k-1:0] place;
      for (i = 0; i < NODES; i = i + 1) begin : g_node
        if (k == 1) begin : g_pair
          assign any[i] = padded[2*i] | padded[2*i+1];
          assign place[i] = padded[2*i+1];
        end else begin : g_halves
          logic upper;
          assign upper = g_level[k-1].any[2*i+1];
          assign any[i] = upper | g_level[k-1].any[2*i];
          assign place[i*k+:k] = {upper, upper ? g_level[k-1].place[(2*i+1)*(k-1)+:k-1] :
              g_level[k-1].place[2*i*(k-1)+:k-1]};
        end
      end
    end
  endgenerate
  logic unused_any;
  assign unused_any = g_level[LEVELS].any;
  assign top = g_level[LEVELS].place;
  assign normalised = x << (LEVELS'(WIDTH - 1) - top);
endmodule
