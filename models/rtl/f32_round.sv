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
  localparam int PLACED_BITS = WIDTH > 26 ? WIDTH + 1 : 27;
  logic [8:0] field;
  logic [PLACED_BITS-1:0] placed;
  f32_place #(.WIDTH(WIDTH), .PLACED_BITS(PLACED_BITS)) place (
      .exponent(exponent), .significand(significand), .field(field), .placed(placed));
  f32_round_placed #(.WIDTH(PLACED_BITS)) round (
      .negative(negative), .field(field), .significand(placed), .result(result), .inexact(inexact),
      .overflow(overflow));
endmodule
