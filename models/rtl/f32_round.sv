// Rounds to single precision, half to even, subnormals kept, beyond the range to infinity. Combinational.
//
// Parameters: WIDTH of the significand. Ports: significand: the leading one on top, or zero; its weight is
// 2^exponent; the rest as in f32_round_placed.
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
  // A subnormal result keeps fewer bits; 26 places down, all of them lie below half of the last one.
  logic subnormal;
  logic [4:0] down;
  logic [WIDTH+25:0] placed;
  assign subnormal = exponent < -12'sd126;
  assign down = !subnormal ? 5'd0 : exponent <= -12'sd152 ? 5'd26 : 5'(-12'sd126 - exponent);
  assign placed = {significand, 26'd0} >> down;
  f32_round_placed #(.WIDTH(WIDTH + 26)) round (
      .negative(negative), .exponent(subnormal ? -12'sd126 : exponent), .significand(placed), .result(result),
      .inexact(inexact), .overflow(overflow));
endmodule
