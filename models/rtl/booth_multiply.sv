// a * b by radix-4 Booth recoding: half as many partial products as bits of b, each 0, a, 2a or their negative, in
// one sum, which synthesis reduces by carry-save adders. For wide operands it is smaller than what synthesis makes of
// a * b, but it glitches more; at 8 bits it is neither. Combinational.
//
// Parameters: A_BITS, B_BITS >= 2; SIGNED: both operands are two's complement numbers, else both unsigned.
module booth_multiply #(
    parameter int A_BITS = 8,
    parameter int B_BITS = 8,
    parameter int SIGNED = 0
) (
    input  logic [       A_BITS-1:0] a,
    input  logic [       B_BITS-1:0] b,
    output logic [A_BITS+B_BITS-1:0] product
);
  localparam int WIDTH  = A_BITS + B_BITS;
  localparam int DIGITS = SIGNED != 0 ? (B_BITS + 1) / 2 : B_BITS / 2 + 1;

  // Digit i looks at bits 2i - 1, 2i and 2i + 1 of b.
  logic [2*DIGITS:0] recoded;
  logic [A_BITS:0] wide;
  assign recoded = {{(2 * DIGITS - B_BITS) {SIGNED != 0 ? b[B_BITS-1] : 1'b0}}, b, 1'b0};
  assign wide = {SIGNED != 0 ? a[A_BITS-1] : 1'b0, a};

  logic [DIGITS-1:0] negative;
  logic [(DIGITS+1)*WIDTH-1:0] terms;
  genvar i;
  generate
    for (i = 0; i < DIGITS; i = i + 1) begin : g_digit
      logic once, twice, sign;
      logic [A_BITS:0] multiple;
      assign once = recoded[2*i] ^ recoded[2*i+1];
      assign twice = ~once & (recoded[2*i+1] ^ recoded[2*i+2]);
      assign negative[i] = recoded[2*i+2] & ~(recoded[2*i+1] & recoded[2*i]);
      assign multiple = ((wide & {(A_BITS + 1) {once}}) | (wide << 1 & {(A_BITS + 1) {twice}})) ^
          {(A_BITS + 1) {negative[i]}};
      assign sign = SIGNED != 0 ? multiple[A_BITS] : negative[i];
      // Sign extension by constants: all terms' -sign 2^k together are ~sign 2^k, a one above each and one more for
      // the first. The one that makes two's complement stands in the next term, two bits lower.
      if (i == 0) begin : g_first
        assign terms[WIDTH-1:0] = WIDTH'({~sign, sign, sign, multiple});
      end else begin : g_next
        assign terms[i*WIDTH+:WIDTH] = WIDTH'({1'b1, ~sign, multiple, 1'b0, negative[i-1]}) << (2 * i - 2);
      end
    end
  endgenerate
  assign terms[DIGITS*WIDTH+:WIDTH] = WIDTH'(negative[DIGITS-1]) << (2 * DIGITS - 2);
  always_comb begin
    product = '0;
    for (int j = 0; j <= DIGITS; j = j + 1) product = product + terms[j*WIDTH+:WIDTH];
  end
endmodule
