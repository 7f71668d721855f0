// The control that travels beside a pipeline's data: a valid bit, which reset clears, and what belongs to it.
//
// Latency: STAGES >= 1 cycles. Throughput: one per cycle.
module valid_pipe #(
    parameter int WIDTH  = 8,
    parameter int STAGES = 1
) (
    input  logic             clk,
    input  logic             reset,
    input  logic             in_valid,
    input  logic [WIDTH-1:0] in,
    output logic             out_valid,
    output logic [WIDTH-1:0] out
);
  logic [STAGES-1:0] valid;
  always_ff @(posedge clk) begin
    if (reset) valid <= '0;
    else valid <= STAGES'({valid, in_valid});
  end
  assign out_valid = valid[STAGES-1];

  pipe #(.WIDTH(WIDTH), .STAGES(STAGES)) data (.clk(clk), .in(in), .out(out));
endmodule
