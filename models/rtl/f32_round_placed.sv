// Rounds to single precision, half to even, what already stands where a number of its exponent has its bits: the one
// place of rounding of all single-precision operations. Combinational.
//
// Parameters: WIDTH >= 26 of the significand. Ports: significand: its top bit weighs 2^exponent and is its leading
// one, unless exponent is -126 or it is zero; a set bit 0 may stand for bits lost below it; inexact: non-zero bits
// were lost; overflow: became infinite. C++ twin: MinifloatLayout::round in models/arith/minifloat.cpp.
module f32_round_placed #(
    parameter int WIDTH = 26
) (
    input  logic               negative,
    input  logic signed [11:0] exponent,
    input  logic [WIDTH-1:0]   significand,
    output logic [31:0]        result,
    output logic               inexact,
    output logic               overflow
);
  logic normal, half, rest, up;
  logic [22:0] kept;
  logic [7:0] field;
  logic [30:0] magnitude;
  assign normal = significand[WIDTH-1];
  assign kept = significand[WIDTH-2-:23];
  assign half = significand[WIDTH-25];
  assign rest = |significand[WIDTH-26:0];
  assign up = half & (rest | kept[0]);
  assign field = normal ? 8'(exponent + 12'd127) : 8'd0;
  // A carry out of the fraction adds 1 to the exponent field, and makes infinity of the largest number.
  assign magnitude = {field, kept} + 31'(up);
  assign overflow = normal & (exponent > 12'sd127 | &magnitude[30:23]);
  assign inexact = overflow | half | rest;
  assign result = {negative, overflow ? 31'h7f800000 : magnitude};
endmodule
