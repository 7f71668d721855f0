// One product of logarithmic numbers: exponents add, on the larger of both gammas, signs xor, zero and padding
// win. Combinational.
//
// Parameters: formats of both operands as in lns_decode; LOG2_GAMMA_A, LOG2_GAMMA_B; SUM_BITS: of the largest
// sum of exponents. Ports: real: no operand is padding; nonzero: and none is zero; exponent means nothing when
// nonzero is 0. C++ twin: models/arith/lns_multiply.h, and the packed sums of models/arith/lns_lane.h.
module lns_multiply #(
    parameter int B_A          = 8,
    parameter int LOG2_GAMMA_A = 3,
    parameter int ZERO_A       = 1,
    parameter int B_B          = 8,
    parameter int LOG2_GAMMA_B = 3,
    parameter int ZERO_B       = 1,
    parameter int SUM_BITS     = 8
) (
    input  logic [B_A+(ZERO_A==2?1:0)-1:0] a,
    input  logic [B_B+(ZERO_B==2?1:0)-1:0] b,
    input  logic                           padding,
    output logic                           real_product,
    output logic                           nonzero,
    output logic                           negative,
    output logic [SUM_BITS-1:0]            exponent
);
  localparam int LOG2_GAMMA = LOG2_GAMMA_A > LOG2_GAMMA_B ? LOG2_GAMMA_A : LOG2_GAMMA_B;

  logic zero_a, zero_b, negative_a, negative_b;
  logic [B_A-2:0] exponent_a;
  logic [B_B-2:0] exponent_b;
  lns_decode #(.B(B_A), .ZERO(ZERO_A)) decode_a (
      .code(a), .zero(zero_a), .negative(negative_a), .exponent(exponent_a));
  lns_decode #(.B(B_B), .ZERO(ZERO_B)) decode_b (
      .code(b), .zero(zero_b), .negative(negative_b), .exponent(exponent_b));

  assign real_product = ~padding;
  assign nonzero = ~padding & ~zero_a & ~zero_b;
  assign negative = negative_a ^ negative_b;
  assign exponent = (SUM_BITS'(exponent_a) << (LOG2_GAMMA - LOG2_GAMMA_A)) +
                    (SUM_BITS'(exponent_b) << (LOG2_GAMMA - LOG2_GAMMA_B));
endmodule
