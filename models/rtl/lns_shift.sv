// Log to linear, the part of each product: 2^(octave + r_L / gamma) as a magnitude, r_L by Mitchell's
// approximation, and truncated here when the lane truncates products. Combinational.
//
// Parameters: LOG2_GAMMA: log2 gamma of the product; LOW: bits of r_L (0: exact table, the factor is 1);
// OCTAVE_BITS; TERM_BITS of the shifted factor; DROP bits below the accumulator's LSB (0 or less: none);
// TRUNCATION: 0 floor, 1 toward zero, 2 nearest even, of the signed number; OUT bits of the magnitude.
// C++ twin: LogToLinear::factor and the loop over the products in models/arith/lns_scalar_lane.cpp.
module lns_shift #(
    parameter int LOG2_GAMMA  = 3,
    parameter int LOW         = 1,
    parameter int OCTAVE_BITS = 5,
    parameter int TERM_BITS   = 36,
    parameter int DROP        = 0,
    parameter int TRUNCATION  = 0,
    parameter int OUT         = 36
) (
    input  logic                               nonzero,
    input  logic                               negative,
    input  logic [OCTAVE_BITS-1:0]             octave,
    input  logic [(LOW > 0 ? LOW : 1)-1:0]     low,
    output logic [OUT-1:0]                     magnitude,
    output logic                               lost
);
  logic [LOG2_GAMMA:0] factor;
  logic [TERM_BITS-1:0] shifted;
  logic signed [OUT:0] truncated;
  generate
    if (LOW == 0) begin : g_exact
      logic unused_low;
      assign unused_low = low[0];
      assign factor = (LOG2_GAMMA + 1)'(1);
    end else begin : g_hybrid
      assign factor = (LOG2_GAMMA + 1)'(1 << LOG2_GAMMA) + (LOG2_GAMMA + 1)'(low);
    end
  endgenerate
  assign shifted = nonzero ? TERM_BITS'(factor) << octave : '0;

  truncate #(
      .BITS(TERM_BITS + 1),
      .DROP(DROP),
      .NEAREST(TRUNCATION == 2 ? 1 : 0),
      .OUT(OUT + 1)
  ) at_product (
      .x($signed({1'b0, shifted})),
      .upward(TRUNCATION == 0 && negative),
      .y(truncated),
      .lost(lost)
  );
  logic unused_sign;
  assign unused_sign = truncated[OUT];
  assign magnitude = truncated[OUT-1:0];
endmodule
