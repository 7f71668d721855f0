// A number shifted to where single precision has its bits, so that it can be rounded or added to: a subnormal number
// gets the exponent of the smallest normal ones and zeros on top. Combinational.
//
// Parameters: WIDTH of the significand; PLACED_BITS: more than WIDTH, and 27 at least, so that all bits of a subnormal
// number and half of the last one stand above bit 0; LOWEST: no exponent lies below.
// Ports: significand: the leading one on top, or zero; its weight is 2^exponent; field: 1..400, the top bit of placed
// weighs 2^(field - 127), and at 400 so much or more: all that is far beyond the range, and beyond any sum of products
// of single-precision numbers; a set bit 0 of placed may stand for bits lost below it.
module f32_place #(
    parameter int WIDTH       = 48,
    parameter int PLACED_BITS = 49,
    parameter int LOWEST      = -2048
) (
    input  logic signed [11:0]       exponent,
    input  logic [WIDTH-1:0]         significand,
    output logic [8:0]               field,
    output logic [PLACED_BITS-1:0]   placed
);
  logic [PLACED_BITS-1:0] unshifted;
  logic normal;
  assign unshifted = PLACED_BITS'(significand) << (PLACED_BITS - WIDTH);
  assign normal = exponent >= -12'sd126;
  generate
    if (LOWEST >= -126) begin : g_normal
      assign placed = unshifted;
    end else begin : g_shift
      logic [11:0] distance;
      logic [$clog2(PLACED_BITS)-1:0] down;
      assign distance = normal ? 12'd0 : -12'sd126 - exponent;
      assign down = distance > 12'(PLACED_BITS - 1) ? ($clog2(PLACED_BITS))'(PLACED_BITS - 1) :
          ($clog2(PLACED_BITS))'(distance);
      assign placed = (unshifted >> down) | PLACED_BITS'(|(unshifted & ~({PLACED_BITS{1'b1}} << down)));
    end
  endgenerate
  // Of zero too, whatever its exponent: it must not be the larger term of a sum.
  assign field = ~normal | ~significand[WIDTH-1] ? 9'd1 : exponent > 12'sd273 ? 9'd400 : 9'(exponent + 12'd127);
endmodule
