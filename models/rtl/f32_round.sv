// Rounds to single precision, half to even, subnormals kept, beyond the range to infinity. Combinational: the one
// place of rounding of all single-precision operations.
//
// Parameters: WIDTH of the significand. Ports: significand: the leading one on top, or zero; its weight is
// 2^exponent; a set bit 0 may stand for bits lost below it; inexact: non-zero bits were lost; overflow: became
// infinite. C++ twin: MinifloatLayout::round in models/arith/minifloat.cpp.
module f32_round #(
    parameter int WIDTH = 48
) (
    input  logic               negative,
    input  logic signed [11:0] exponent,
    input  logic [WIDTH-1:0]   significand,
    output logic [31:0]        result,
    output logic               inexact,
    output logic               overflow
);
  // 24 bits, the next one, and whether there is more.
  logic [25:0] leading;
  generate
    if (WIDTH > 26) begin : g_cut
      assign leading = {significand[WIDTH-1-:25], |significand[WIDTH-26:0]};
    end else begin : g_whole
      assign leading = {significand, {(26 - WIDTH) {1'b0}}};
    end
  endgenerate

  // A subnormal result keeps fewer bits; 26 places down, all of them lie below half of the last one.
  logic [4:0] down;
  logic [51:0] placed;
  logic [23:0] kept;
  logic half, rest, up;
  logic [11:0] field;
  logic [34:0] magnitude;
  assign down = exponent >= -12'sd126 ? 5'd0 : exponent <= -12'sd152 ? 5'd26 : 5'(-12'sd126 - exponent);
  assign placed = {leading, 26'd0} >> down;
  assign kept = placed[51-:24];
  assign half = placed[27];
  assign rest = |placed[26:0];
  assign up = half & (rest | kept[0]);
  // The leading one adds 1 to the exponent field, as does a carry out of the fraction.
  assign field = down != 5'd0 ? 12'd0 : exponent + 12'd126;
  assign magnitude = {field, 23'd0} + 35'(kept) + 35'(up);
  assign overflow = significand[WIDTH-1] & (exponent > 12'sd127 | magnitude >= 35'h7f800000);
  assign inexact = overflow | half | rest;
  assign result = ~significand[WIDTH-1] ? {negative, 31'd0} : {negative, overflow ? 31'h7f800000 : magnitude[30:0]};
endmodule
