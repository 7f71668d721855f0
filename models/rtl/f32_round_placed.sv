// Rounds to single precision, half to even, beyond the range to infinity, what f32_place has put into its place: the
// one rounding of all single-precision operations. Combinational.
//
// Parameters: WIDTH >= 27 of the significand. Ports: field, significand: as f32_place gives them; inexact: non-zero
// bits were lost; overflow: became infinite. C++ twin: MinifloatLayout::round in models/arith/minifloat.cpp.
module f32_round_placed #(
    parameter int WIDTH = 27
) (
    input  logic             negative,
    input  logic [8:0]       field,
    input  logic [WIDTH-1:0] significand,
    output logic [31:0]      result,
    output logic             inexact,
    output logic             overflow
);
  logic normal, half, rest, up, beyond;
  logic [22:0] kept;
  logic [30:0] magnitude;
  assign normal = significand[WIDTH-1];
  assign kept = significand[WIDTH-2-:23];
  assign half = significand[WIDTH-25];
  assign rest = |significand[WIDTH-26:0];
  assign up = half & (rest | kept[0]);
  // A carry out of the fraction adds 1 to the exponent field, and makes infinity of the largest number.
  assign magnitude = {field[7:0] & {8{normal}}, kept} + 31'(up);
  assign beyond = normal & field > 9'd254;
  assign overflow = beyond | &magnitude[30:23];
  assign inexact = overflow | half | rest;
  assign result = {negative, beyond ? 31'h7f800000 : magnitude};
endmodule
