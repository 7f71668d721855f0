// A single-precision number taken apart. Combinational.
//
// Ports: significand: the leading one on top, also of a subnormal number; exponent: the leading one's weight is
// 2^exponent; both mean nothing for zeros, infinities and NaNs. C++ twin: f32_value in models/arith/softfloat_f32.h.
module f32_unpack (
    input  logic [31:0]        x,
    output logic               nan,
    output logic               infinite,
    output logic               zero,
    output logic               negative,
    output logic [23:0]        significand,
    output logic signed [11:0] exponent
);
  logic [4:0] top;
  logic [23:0] held;
  logic subnormal;
  assign nan = &x[30:23] & |x[22:0];
  assign infinite = &x[30:23] & ~|x[22:0];
  assign zero = ~|x[30:0];
  assign negative = x[31];
  assign subnormal = ~|x[30:23];
  assign held = {~subnormal, x[22:0]};
  leading_one #(.WIDTH(24)) find (.x(held), .top(top), .normalised(significand));
  assign exponent = subnormal ? 12'(top) - 12'sd149 : 12'(x[30:23]) - 12'sd127;
endmodule
