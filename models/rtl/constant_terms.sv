// x times a constant as terms whose sum it is: a shifted x for each digit of the constant's canonical signed-digit
// form, the one with the fewest, and a last term with the ones that make two's complement of the negative digits.
// Terms that are not needed are 0. Combinational.
//
// Parameters: BITS of x, which is signed; CONSTANT of CONSTANT_BITS; WIDTH of a term and of the sum, modulo 2^WIDTH.
module constant_terms #(
    parameter int BITS          = 38,
    parameter int CONSTANT_BITS = 10,
    parameter logic [CONSTANT_BITS-1:0] CONSTANT = CONSTANT_BITS'(395),
    parameter int WIDTH         = 51,
    localparam int DIGITS       = (CONSTANT_BITS + 2) / 2
) (
    input  logic signed [BITS-1:0]      x,
    output logic [(DIGITS+1)*WIDTH-1:0] terms
);
  // The digits' places, where they are 1 and where -1. No two neighbours are set, so that one of each pair is at most.
  localparam logic [CONSTANT_BITS+1:0] ONCE   = (CONSTANT_BITS + 2)'(CONSTANT);
  localparam logic [CONSTANT_BITS+1:0] THRICE = ONCE + (ONCE << 1);
  localparam logic [2*DIGITS-1:0] PLUS        = (2 * DIGITS)'((THRICE & ~ONCE) >> 1);
  localparam logic [2*DIGITS-1:0] MINUS       = (2 * DIGITS)'((ONCE & ~THRICE) >> 1);

  logic [WIDTH-1:0] wide;
  logic unused_wide;
  assign wide = WIDTH'(x);
  assign unused_wide = ^wide;
  genvar i;
  generate
    for (i = 0; i < DIGITS; i = i + 1) begin : g_digit
      localparam int PLACE = PLUS[2*i+1] || MINUS[2*i+1] ? 2 * i + 1 : 2 * i;
      if (PLUS[PLACE]) begin : g_plus
        assign terms[i*WIDTH+:WIDTH] = wide << PLACE;
      end else if (MINUS[PLACE]) begin : g_minus
        assign terms[i*WIDTH+:WIDTH] = ~wide << PLACE;
      end else begin : g_none
        assign terms[i*WIDTH+:WIDTH] = '0;
      end
    end
  endgenerate
  assign terms[DIGITS*WIDTH+:WIDTH] = WIDTH'(MINUS);
endmodule
