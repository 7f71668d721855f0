// The value of a minifloat at a scale of 2^scale, rounded to single precision; every NaN is 0x7fc00000. Combinational.
//
// Parameters: the format as in float_unpack. C++ twin: Storage::load in models/update/storage.cpp.
module minifloat_to_f32 #(
    parameter int E        = 4,
    parameter int M        = 3,
    parameter int OCP_E4M3 = 1
) (
    input  logic [E+M:0]       code,
    input  logic signed [31:0] scale,
    output logic [31:0]        value
);
  logic nan, infinite, zero, negative, unused_inexact, unused_overflow;
  logic [M:0] significand;
  logic signed [11:0] exponent, bounded;
  logic signed [31:0] scaled;
  logic [31:0] rounded;
  float_unpack #(.E(E), .M(M), .OCP_E4M3(OCP_E4M3)) unpack (
      .x(code), .nan(nan), .infinite(infinite), .zero(zero), .negative(negative), .significand(significand),
      .exponent(exponent));
  assign scaled = 32'(exponent) + scale;
  // Far outside the range of single precision all exponents are alike.
  assign bounded = scaled > 1000 ? 12'sd1000 : scaled < -1000 ? -12'sd1000 : scaled[11:0];
  f32_round #(.WIDTH(M + 1)) round (
      .negative(negative), .exponent(bounded), .significand(significand), .result(rounded),
      .inexact(unused_inexact), .overflow(unused_overflow));
  assign value = nan ? 32'h7fc00000 : infinite ? {negative, 31'h7f800000} : zero ? {negative, 31'd0} : rounded;
endmodule
