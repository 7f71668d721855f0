// Position of the leading one of x, 0 when there is none, and x shifted up so that it comes out on top: by powers of
// two, the largest first. Combinational.
module leading_one #(
    parameter int WIDTH = 24
) (
    input  logic [WIDTH-1:0]         x,
    output logic [$clog2(WIDTH)-1:0] top,
    output logic [WIDTH-1:0]         normalised
);
  localparam int STEPS = $clog2(WIDTH);
  logic [STEPS-1:0] places;
  always_comb begin
    normalised = x;
    places = '0;
    for (int i = STEPS - 1; i >= 0; i = i - 1) begin
      if (~|(normalised >> (WIDTH - (1 << i)))) begin
        places[i] = 1'b1;
        normalised = normalised << (1 << i);
      end
    end
  end
  assign top = normalised[WIDTH-1] ? STEPS'(WIDTH - 1) - places : '0;
endmodule
