// The value of a logarithmic code at a scale, as a single-precision number. Combinational.
//
// Parameters: the format as in lns_decode, LOG2_GAMMA; POWERS: for remainder r at 53 r the significand of
// 2^(r / gamma), rounded to 53 bits: what a double holds of it. Ports: scale: in units of the format's grid.
// C++ twin: Storage::load in models/update/storage.cpp.
module lns_to_f32 #(
    parameter int B          = 8,
    parameter int LOG2_GAMMA = 3,
    parameter int ZERO       = 1,
    parameter logic [(1<<LOG2_GAMMA)*53-1:0] POWERS = '0
) (
    input  logic [B+(ZERO==2?1:0)-1:0] code,
    input  logic signed [31:0]         scale,
    output logic                       zero,
    output logic                       negative,
    output logic signed [31:0]         exponent,
    output logic [31:0]                value
);
  logic [B-2:0] field;
  logic signed [31:0] octave;
  logic signed [11:0] bounded;
  logic [52:0] significand;
  logic unused_inexact, unused_overflow;
  lns_decode #(.B(B), .ZERO(ZERO)) decode (.code(code), .zero(zero), .negative(negative), .exponent(field));
  assign exponent = 32'(field) + scale;
  assign octave = exponent >>> LOG2_GAMMA;
  // Far outside the range of single precision all octaves are alike.
  assign bounded = octave > 1000 ? 12'sd1000 : octave < -1000 ? -12'sd1000 : octave[11:0];
  assign significand = 53'(POWERS >> (32'(exponent & ((1 << LOG2_GAMMA) - 1)) * 53));
  f32_round #(.WIDTH(53)) round (
      .negative(negative), .exponent(bounded), .significand(zero ? '0 : significand), .result(value),
      .inexact(unused_inexact), .overflow(unused_overflow));
endmodule
