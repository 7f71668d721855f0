// The last stage of an integer or logarithmic lane: the accumulation collector, whose entry is read, added to,
// fitted and written in one cycle, so that the same entry may follow itself in the next one.
//
// Latency: 1 cycle: what comes in cycle s is in the collector, and at the outputs, in s + 1. Throughput: one
// sum per cycle.
// Parameters: ENTRIES >= 2; ACC_BITS of an entry; SUM_BITS of what is added; OVERFLOW: what becomes of a sum
// that does not fit ACC_BITS: 0 saturates, 1 wraps.
// Ports: first: the entry starts from zero; load_*: writes a partial sum that comes back into an entry, in a
// cycle without in_valid; saturated: the sum did not fit. C++ twin: arith::accumulate in
// models/arith/lns_lane.cpp.
module accumulate #(
    parameter int ENTRIES  = 16,
    parameter int ACC_BITS = 24,
    parameter int SUM_BITS = 26,
    parameter int OVERFLOW = 0
) (
    input  logic                        clk,
    input  logic                        in_valid,
    input  logic                        in_first,
    input  logic [$clog2(ENTRIES)-1:0]  in_entry,
    input  logic signed [SUM_BITS-1:0]  in_sum,
    input  logic                        load_valid,
    input  logic [$clog2(ENTRIES)-1:0]  load_entry,
    input  logic signed [ACC_BITS-1:0]  load_sum,
    output logic signed [ACC_BITS-1:0]  out_sum,
    output logic                        out_saturated
);
  localparam int WIDE = (ACC_BITS > SUM_BITS ? ACC_BITS : SUM_BITS) + 1;

  logic signed [ACC_BITS-1:0] sums[ENTRIES];

  logic signed [ACC_BITS-1:0] held, fitted;
  logic signed [WIDE-1:0] next;
  logic fits;
  assign held = in_first ? '0 : sums[in_entry];
  assign next = WIDE'(held) + WIDE'(in_sum);
  assign fits = &next[WIDE-1:ACC_BITS-1] | ~|next[WIDE-1:ACC_BITS-1];
  generate
    if (OVERFLOW != 0) begin : g_wrap
      assign fitted = next[ACC_BITS-1:0];
    end else begin : g_saturate
      assign fitted = fits ? next[ACC_BITS-1:0] : {next[WIDE-1], {(ACC_BITS - 1) {~next[WIDE-1]}}};
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (in_valid) sums[in_entry] <= fitted;
    else if (load_valid) sums[load_entry] <= load_sum;
    out_sum <= fitted;
    out_saturated <= in_valid & ~fits;
  end
endmodule
