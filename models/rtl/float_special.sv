// What infinities and NaNs, of which there is one at least in a product or in the accumulator, make of it: infinity
// less infinity is NaN, every new NaN is 0x7fc00000. Combinational.
// C++ twin: add_special in models/arith/float_beat_per_step.cpp.
module float_special (
    input  logic [31:0] accumulator,
    input  logic        nan,
    input  logic        infinite,
    input  logic        negative,
    output logic [31:0] result
);
  logic accumulator_nan, accumulator_infinite;
  assign accumulator_nan = &accumulator[30:23] & |accumulator[22:0];
  assign accumulator_infinite = &accumulator[30:23] & ~|accumulator[22:0];
  assign result =
      nan | accumulator_nan | (infinite & accumulator_infinite & negative != accumulator[31]) ? 32'h7fc00000 :
      infinite ? {negative, 31'h7f800000} : accumulator;
endmodule
