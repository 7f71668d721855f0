// Linear to log: the code of one finished sum in a logarithmic output format. Combinational.
//
//   leading one of |sum| = its octave; the QUANTISER_BITS bits from there on = its mantissa
//   remainder = how many of the octave's midpoints the mantissa reaches
//   exponent  = gamma * octave + remainder + offset, on the finer grid of product and output
//   a coarser output grid rounds it half to even; out of range it is clamped, or flushed to zero
//
// Parameters: SUM_BITS >= 2; LSB_OCTAVE: weight of the sum's bit 0 is 2^LSB_OCTAVE; LOG2_GRID: the larger of
// log2 gamma of product and output; QUANTISER_BITS; THRESHOLDS: for midpoint j at j * (QUANTISER_BITS + 1) the
// smallest mantissa that reaches it, 2^QUANTISER_BITS when none does, from models/arith/linear_to_log.h: there
// is no useful default; B_OUT, LOG2_GAMMA_OUT, ZERO_OUT: the output as in lns_decode; FLUSH: below the smallest
// code stands zero, else the smallest code of the sign.
// Ports: offset: scales of both operands less the output's, on the grid; saturated, clamped, flushed: as
// arith::QuantiseCounts has them. C++ twin: models/arith/lns_emit.h, LnsLayout::fit.
module lns_quantise #(
    parameter int SUM_BITS       = 24,
    parameter int LSB_OCTAVE     = 13,
    parameter int LOG2_GRID      = 3,
    parameter int QUANTISER_BITS = 9,
    parameter logic [(1<<LOG2_GRID)*(QUANTISER_BITS+1)-1:0] THRESHOLDS =
        {(1 << LOG2_GRID) {(QUANTISER_BITS + 1)'(3 << (QUANTISER_BITS - 2))}},
    parameter int B_OUT          = 8,
    parameter int LOG2_GAMMA_OUT = 3,
    parameter int ZERO_OUT       = 1,
    parameter int FLUSH          = 0
) (
    input  logic signed [SUM_BITS-1:0]             sum,
    input  logic signed [31:0]                     offset,
    output logic [B_OUT+(ZERO_OUT==2?1:0)-1:0]     code,
    output logic                                   saturated,
    output logic                                   clamped,
    output logic                                   flushed
);
  localparam int MIDPOINTS = 1 << LOG2_GRID;
  localparam int TOP_BITS  = $clog2(SUM_BITS);
  localparam int COARSER   = LOG2_GRID - LOG2_GAMMA_OUT;
  localparam int CODE_BITS = B_OUT + (ZERO_OUT == 2 ? 1 : 0);
  localparam int PADDED    = SUM_BITS > QUANTISER_BITS ? SUM_BITS : QUANTISER_BITS;
  localparam int WIDE      = 36;  // of exponents: the offset, the octaves of any sum, and room for their sum
  localparam logic signed [WIDE-1:0] TOP = WIDE'((1 << (B_OUT - 1)) - 1);
  localparam logic [CODE_BITS-1:0] ZERO_CODE =
      ZERO_OUT == 0 ? '0 : {1'b1, {(CODE_BITS - 1) {1'b0}}};

  logic negative, zero;
  logic [SUM_BITS-1:0] magnitude, normalised;
  logic [TOP_BITS-1:0] top;
  assign negative = sum[SUM_BITS-1];
  assign zero = sum == '0;
  assign magnitude = negative ? -sum : sum;
  leading_one #(.WIDTH(SUM_BITS)) find (.x(magnitude), .top(top), .normalised(normalised));

  logic [QUANTISER_BITS-1:0] mantissa;
  logic [PADDED-1:0] padded;
  assign padded = PADDED'(normalised) << (PADDED - SUM_BITS);
  assign mantissa = QUANTISER_BITS'(padded >> (PADDED - QUANTISER_BITS));

  logic [MIDPOINTS-1:0] reached;
  logic [15:0] remainder;
  genvar j;
  generate
    for (j = 0; j < MIDPOINTS; j = j + 1) begin : g_midpoint
      assign reached[j] = {1'b0, mantissa} >= THRESHOLDS[j*(QUANTISER_BITS+1)+:QUANTISER_BITS+1];
    end
  endgenerate
  count_ones #(.WIDTH(MIDPOINTS)) over_midpoints (.flags(reached), .count(remainder));

  logic signed [WIDE-1:0] octave, fine, exponent, lowest;
  logic lost;
  assign octave = WIDE'(top) + WIDE'(LSB_OCTAVE);
  assign fine = (octave <<< LOG2_GRID) + WIDE'(remainder) + WIDE'(offset);
  truncate #(
      .BITS(WIDE), .DROP(COARSER), .NEAREST(1), .OUT(WIDE)
  ) to_output_grid (
      .x(fine), .upward(1'b0), .y(exponent), .lost(lost));
  logic unused_lost;
  assign unused_lost = lost;

  logic above, below;
  logic [B_OUT-2:0] fitted;
  assign lowest = WIDE'(ZERO_OUT == 1 && negative);
  assign above = exponent > TOP;
  assign below = exponent < lowest;
  assign fitted = (B_OUT - 1)'(above ? TOP : below ? lowest : exponent);
  assign saturated = ~zero & above;
  assign clamped = ~zero & below & (FLUSH == 0);
  assign flushed = ~zero & below & (FLUSH != 0);
  assign code = zero | flushed ? ZERO_CODE : CODE_BITS'({negative, fitted});
endmodule
