// What all lanes share: the control beside the products' pipeline, the accumulation collector in its last stage, and
// the registers behind it. In one cycle the last stage reads an entry, has the lane add to it and writes it, so that
// the same entry may follow itself in the next one.
//
// Latency: in_* of a beat come with its operands; held, next and the counts belong to the last stage,
// PIPELINE_STAGES - 1 cycles later; outputs one cycle after that. Throughput: one beat per cycle.
// Parameters: ENTRIES >= 2 of the collector, ACC_BITS wide; PIPELINE_STAGES 1..32.
// Ports: held: the entry, or 0 where it starts; next: what the lane makes of it; load_*: writes a partial sum that
// comes back into an entry, in a cycle in which no beat is in the last stage. C++ twin: models/compute/lane_values.h.
module lane_end #(
    parameter int ENTRIES         = 16,
    parameter int ACC_BITS        = 24,
    parameter int PIPELINE_STAGES = 5
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic                       in_valid,
    input  logic                       in_first,
    input  logic [$clog2(ENTRIES)-1:0] in_entry,
    output logic [ACC_BITS-1:0]        held,
    input  logic [ACC_BITS-1:0]        next,
    input  logic [15:0]                products,
    input  logic [15:0]                zero_products,
    input  logic [15:0]                lost_products,
    input  logic [15:0]                truncated_sums,
    input  logic [15:0]                saturations,
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

  logic [ACC_BITS-1:0] collector[ENTRIES];
  assign held = last_first ? '0 : collector[last_entry];
  always_ff @(posedge clk) begin
    if (last_valid) collector[last_entry] <= next;
    else if (load_valid) collector[load_entry] <= load_sum;
  end

  always_ff @(posedge clk) begin
    out_valid <= last_valid & ~reset;
    out_entry <= last_entry;
    out_sum <= next;
    out_products <= last_valid ? products : '0;
    out_zero_products <= last_valid ? zero_products : '0;
    out_lost_products <= last_valid ? lost_products : '0;
    out_truncated_sums <= last_valid ? truncated_sums : '0;
    out_saturations <= last_valid ? saturations : '0;
  end
endmodule
