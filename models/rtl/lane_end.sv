// What a logarithmic and an integer lane share: the control beside the dot product's pipeline, the accumulation
// in its last stage, and the registers behind it.
//
// Latency: in_* of a beat come with its operands, sum and counts PIPELINE_STAGES - 1 cycles later, in the last
// stage; outputs one cycle after that.
module lane_end #(
    parameter int ENTRIES         = 16,
    parameter int ACC_BITS        = 24,
    parameter int SUM_BITS        = 26,
    parameter int OVERFLOW        = 0,
    parameter int PIPELINE_STAGES = 5
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic                       in_valid,
    input  logic                       in_first,
    input  logic [$clog2(ENTRIES)-1:0] in_entry,
    input  logic signed [SUM_BITS-1:0] sum,
    input  logic [15:0]                products,
    input  logic [15:0]                zero_products,
    input  logic [15:0]                lost_products,
    input  logic [15:0]                truncated_sums,
    input  logic                       load_valid,
    input  logic [$clog2(ENTRIES)-1:0] load_entry,
    input  logic [ACC_BITS-1:0]        load_sum,
    output logic                       out_valid,
    output logic [$clog2(ENTRIES)-1:0] out_entry,
    output logic [ACC_BITS-1:0]        out_sum,
    output logic [15:0]                out_products,
    output logic [15:0]                out_zero_products,
    output logic [15:0]                out_lost_products,
    output logic [15:0]                out_truncated_sums,
    output logic [15:0]                out_saturations
);
  localparam int ENTRY_BITS = $clog2(ENTRIES);

  logic last_valid, last_first;
  logic [ENTRY_BITS-1:0] last_entry;
  generate
    if (PIPELINE_STAGES == 1) begin : g_single
      assign last_valid = in_valid;
      assign {last_first, last_entry} = {in_first, in_entry};
    end else begin : g_beside
      valid_pipe #(.WIDTH(ENTRY_BITS + 1), .STAGES(PIPELINE_STAGES - 1)) control (
          .clk(clk), .reset(reset), .in_valid(in_valid), .in({in_first, in_entry}),
          .out_valid(last_valid), .out({last_first, last_entry}));
    end
  endgenerate

  logic saturated;
  accumulate #(
      .ENTRIES(ENTRIES), .ACC_BITS(ACC_BITS), .SUM_BITS(SUM_BITS), .OVERFLOW(OVERFLOW)
  ) collector (
      .clk(clk), .in_valid(last_valid), .in_first(last_first), .in_entry(last_entry), .in_sum(sum),
      .load_valid(load_valid), .load_entry(load_entry), .load_sum(load_sum), .out_sum(out_sum),
      .out_saturated(saturated));
  assign out_saturations = 16'(saturated);

  always_ff @(posedge clk) begin
    out_valid <= last_valid & ~reset;
    out_entry <= last_entry;
    out_products <= last_valid ? products : '0;
    out_zero_products <= last_valid ? zero_products : '0;
    out_lost_products <= last_valid ? lost_products : '0;
    out_truncated_sums <= last_valid ? truncated_sums : '0;
  end
endmodule
