// accumulator + sum, fitted to the accumulator's width. Combinational.
//
// Parameters: ACC_BITS of an accumulator; SUM_BITS of what is added; OVERFLOW: what becomes of a sum that does not
// fit ACC_BITS: 0 saturates, 1 wraps. Ports: saturated: it did not fit.
// C++ twin: arith::accumulate in models/arith/lns_lane.cpp.
module accumulate #(
    parameter int ACC_BITS = 24,
    parameter int SUM_BITS = 26,
    parameter int OVERFLOW = 0
) (
    input  logic signed [ACC_BITS-1:0] held,
    input  logic signed [SUM_BITS-1:0] sum,
    output logic signed [ACC_BITS-1:0] fitted,
    output logic                       saturated
);
  localparam int WIDE = (ACC_BITS > SUM_BITS ? ACC_BITS : SUM_BITS) + 1;

  logic signed [WIDE-1:0] next;
  logic fits;
  assign next = WIDE'(held) + WIDE'(sum);
  assign fits = &next[WIDE-1:ACC_BITS-1] | ~|next[WIDE-1:ACC_BITS-1];
  generate
    if (OVERFLOW != 0) begin : g_wrap
      assign fitted = next[ACC_BITS-1:0];
    end else begin : g_saturate
      assign fitted = fits ? next[ACC_BITS-1:0] : {next[WIDE-1], {(ACC_BITS - 1) {~next[WIDE-1]}}};
    end
  endgenerate
  assign saturated = ~fits;
endmodule
