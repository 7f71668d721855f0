// The square of a logarithmic code's value at a scale, as single precision has it: of the value rounded, rounded again.
// Combinational.
//
// Its significand depends on the remainder alone: where the value is no normal number of single precision, the square
// is zero or infinite.
// Parameters: the format as in lns_decode, LOG2_GAMMA; SQUARES: for remainder r at 48 r the square of the significand
// of 2^(r / gamma), rounded to 24 bits. Ports: scale: in units of the format's grid, as exponent; vanishes: the value
// rounds to zero. C++ twin: Storage::load in models/update/storage.cpp and f32_multiply.
module lns_square #(
    parameter int B          = 8,
    parameter int LOG2_GAMMA = 3,
    parameter int ZERO       = 1,
    parameter logic [(1<<LOG2_GAMMA)*48-1:0] SQUARES = '0
) (
    input  logic [B+(ZERO==2?1:0)-1:0] code,
    input  logic signed [31:0]         scale,
    output logic                       vanishes,
    output logic                       negative,
    output logic signed [31:0]         exponent,
    output logic [31:0]                square
);
  logic zero, half_of_the_smallest;
  logic [B-2:0] field;
  logic signed [31:0] octave;
  logic signed [11:0] bounded;
  logic [47:0] significand;
  logic unused_inexact, unused_overflow;
  lns_decode #(.B(B), .ZERO(ZERO)) decode (.code(code), .zero(zero), .negative(negative), .exponent(field));
  assign exponent = 32'(field) + scale;
  assign octave = exponent >>> LOG2_GAMMA;
  assign half_of_the_smallest = exponent == -(32'sd150 <<< LOG2_GAMMA);
  assign vanishes = zero | octave < -150 | half_of_the_smallest;
  // Far outside the range of single precision all octaves are alike.
  assign bounded = octave > 500 ? 12'sd500 : octave < -500 ? -12'sd500 : octave[11:0];
  assign significand = 48'(SQUARES >> (32'(exponent & ((1 << LOG2_GAMMA) - 1)) * 48));
  f32_round #(.WIDTH(48)) round (
      .negative(1'b0), .exponent((bounded <<< 1) + 12'(significand[47])),
      .significand(zero ? '0 : significand[47] ? significand : significand << 1), .result(square),
      .inexact(unused_inexact), .overflow(unused_overflow));
endmodule
