// A logarithmic weight moved by so many code steps: away from zero where its sign and the gradient's differ, towards
// it where they agree, into the code range of its sign; signs never flip, a zero stays. Combinational.
//
// Parameters: the format as in lns_decode. C++ twin: Madam::move in models/update/madam.cpp.
module lns_move #(
    parameter int B    = 16,
    parameter int ZERO = 1
) (
    input  logic [B+(ZERO==2?1:0)-1:0] code,
    input  logic                       against_negative,
    input  logic [17:0]                steps,
    output logic [B+(ZERO==2?1:0)-1:0] moved,
    output logic                       zero,
    output logic                       above,
    output logic                       under
);
  localparam int CODE = B + (ZERO == 2 ? 1 : 0);
  localparam logic signed [19:0] TOP = 20'((1 << (B - 1)) - 1);

  logic negative;
  logic [B-2:0] exponent, fitted;
  logic signed [19:0] bottom, next;
  lns_decode #(.B(B), .ZERO(ZERO)) decode (.code(code), .zero(zero), .negative(negative), .exponent(exponent));
  assign bottom = ZERO == 1 && negative ? 20'sd1 : 20'sd0;
  assign next = against_negative == negative ? 20'(exponent) - 20'(steps) : 20'(exponent) + 20'(steps);
  assign above = ~zero & next > TOP;
  assign under = ~zero & next < bottom;
  assign fitted = (B - 1)'(above ? TOP : under ? bottom : next);
  assign moved = zero ? code : CODE'({negative, fitted});
endmodule
