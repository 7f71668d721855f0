// Position of the leading one of x, 0 when there is none, and x shifted up so that it comes out on top.
// Combinational.
module leading_one #(
    parameter int WIDTH = 24
) (
    input  logic [WIDTH-1:0]         x,
    output logic [$clog2(WIDTH)-1:0] top,
    output logic [WIDTH-1:0]         normalised
);
  always_comb begin
    top = '0;
    for (int i = 0; i < WIDTH; i = i + 1) if (x[i]) top = ($clog2(WIDTH))'(i);
  end
  assign normalised = x << (($clog2(WIDTH))'(WIDTH - 1) - top);
endmodule
