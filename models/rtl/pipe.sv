// A chain of registers: out is in, STAGES cycles later; with 0 stages it is a wire.
//
// Parameters: WIDTH; STAGES >= 0. No reset: what flows through carries no validity of its own.
module pipe #(
    parameter int WIDTH  = 8,
    parameter int STAGES = 1
) (
    input  logic             clk,
    input  logic [WIDTH-1:0] in,
    output logic [WIDTH-1:0] out
);
  generate
    if (STAGES == 0) begin : g_wire
      logic unused_clk;
      assign unused_clk = clk;
      assign out = in;
    end else begin : g_registers
      logic [WIDTH*STAGES-1:0] stages;
      always_ff @(posedge clk) stages <= (WIDTH * STAGES)'({stages, in});
      assign out = stages[WIDTH*STAGES-1-:WIDTH];
    end
  endgenerate
endmodule
