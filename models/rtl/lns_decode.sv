// A logarithmic code taken apart. Combinational.
//
// Parameters: B: bits of sign and exponent, 2..16; ZERO: how zero is stored: 0 not at all, 1 as "negative,
// exponent 0", 2 as one more bit above the sign. C++ twin: LnsLayout::decode in models/arith/lns_layout.h.
module lns_decode #(
    parameter int B    = 8,
    parameter int ZERO = 1
) (
    input  logic [B+(ZERO==2?1:0)-1:0] code,
    output logic                       zero,
    output logic                       negative,
    output logic [B-2:0]               exponent
);
  assign exponent = code[B-2:0];
  generate
    if (ZERO == 0) begin : g_none
      assign zero = 1'b0;
    end else if (ZERO == 1) begin : g_reserved
      assign zero = code == {1'b1, {(B - 1) {1'b0}}};
    end else begin : g_flag
      assign zero = code == {2'b10, {(B - 1) {1'b0}}};
    end
  endgenerate
  assign negative = code[B-1] & ~zero;
endmodule
