// A minifloat taken apart. Combinational.
//
// Parameters: E exponent bits, M fraction bits; OCP_E4M3: the largest exponent is an ordinary one, all ones is the
// only NaN, and there is no infinity. The default is single precision.
// Ports: significand: the leading one on top, also of a subnormal number; exponent: the leading one's weight is
// 2^exponent; both mean nothing for zeros, infinities and NaNs. C++ twin: MinifloatLayout in models/arith/minifloat.h.
module float_unpack #(
    parameter int E        = 8,
    parameter int M        = 23,
    parameter int OCP_E4M3 = 0
) (
    input  logic [E+M:0]       x,
    output logic               nan,
    output logic               infinite,
    output logic               zero,
    output logic               negative,
    output logic [M:0]         significand,
    output logic signed [11:0] exponent
);
  localparam int BIAS = (1 << (E - 1)) - 1;

  logic [$clog2(M+1)-1:0] top;
  logic [E-1:0] field;
  logic [M-1:0] fraction;
  logic subnormal;
  assign {negative, field, fraction} = x;
  assign subnormal = ~|field;
  assign zero = ~|field & ~|fraction;
  generate
    if (OCP_E4M3 != 0) begin : g_ocp
      assign nan = &field & &fraction;
      assign infinite = 1'b0;
    end else begin : g_ieee
      assign nan = &field & |fraction;
      assign infinite = &field & ~|fraction;
    end
  endgenerate
  leading_one #(.WIDTH(M + 1)) find (.x({~subnormal, fraction}), .top(top), .normalised(significand));
  assign exponent = subnormal ? 12'(top) - 12'(BIAS + M - 1) : 12'(field) - 12'(BIAS);
endmodule
