// One product of two minifloats, exact: its significand with the leading one on top. Combinational.
//
// Parameters: formats as in float_unpack; two significands of up to 24 bits each; BOOTH: multiplied by radix-4 Booth
// recoding, else as synthesis does it.
// Ports: product: its leading one's weight is 2^exponent, both mean nothing where empty is set: the product is zero,
// special or padding; zero_factor: one factor is zero, whatever the other; nan: a NaN, or infinity times zero.
// C++ twin: FloatOperand in models/arith/float_beat.h.
module float_multiply #(
    parameter int E_A   = 8,
    parameter int M_A   = 23,
    parameter int OCP_A = 0,
    parameter int E_B   = 8,
    parameter int M_B   = 23,
    parameter int OCP_B = 0,
    parameter int BOOTH = 0
) (
    input  logic [E_A+M_A:0]   a,
    input  logic [E_B+M_B:0]   b,
    input  logic               padding,
    output logic               real_product,
    output logic               zero_factor,
    output logic               nan,
    output logic               infinite,
    output logic               negative,
    output logic               empty,
    output logic signed [11:0] exponent,
    output logic [M_A+M_B+1:0] product
);
  localparam int BITS = M_A + M_B + 2;

  logic a_nan, a_infinite, a_zero, a_negative, b_nan, b_infinite, b_zero, b_negative;
  logic [M_A:0] a_significand;
  logic [M_B:0] b_significand;
  logic signed [11:0] a_exponent, b_exponent;
  float_unpack #(.E(E_A), .M(M_A), .OCP_E4M3(OCP_A)) unpack_a (
      .x(a), .nan(a_nan), .infinite(a_infinite), .zero(a_zero), .negative(a_negative),
      .significand(a_significand), .exponent(a_exponent));
  float_unpack #(.E(E_B), .M(M_B), .OCP_E4M3(OCP_B)) unpack_b (
      .x(b), .nan(b_nan), .infinite(b_infinite), .zero(b_zero), .negative(b_negative),
      .significand(b_significand), .exponent(b_exponent));

  logic [BITS-1:0] significands;
  generate
    if (BOOTH != 0) begin : g_booth
      booth_multiply #(.A_BITS(M_A + 1), .B_BITS(M_B + 1)) multiply (
          .a(a_significand), .b(b_significand), .product(significands));
    end else begin : g_multiply
      assign significands = BITS'(a_significand) * BITS'(b_significand);
    end
  endgenerate
  assign real_product = ~padding;
  assign zero_factor = ~padding & (a_zero | b_zero);
  assign nan = ~padding & (a_nan | b_nan | (a_infinite & b_zero) | (a_zero & b_infinite));
  assign infinite = ~padding & (a_infinite | b_infinite);
  assign negative = a_negative ^ b_negative;
  assign empty = padding | a_zero | b_zero | a_nan | b_nan | a_infinite | b_infinite;
  assign exponent = a_exponent + b_exponent + 12'(significands[BITS-1]);
  assign product = significands[BITS-1] ? significands : significands << 1;
endmodule
