// Drops the lowest DROP bits of a signed number by one of three rules, all at one place. Combinational.
//
// Parameters: BITS of x; DROP bits to drop, none when it is 0 or less; NEAREST: half to even, else down, or up
// where `upward` is set; OUT bits of y: max(BITS - DROP, 1) + 1 hold every result, BITS when nothing drops.
// Floor of a signed number is upward = 0, towards zero is upward = (x < 0). Of a magnitude, towards zero is
// upward = 0 and floor is upward = (the number is negative).
// Ports: lost: a dropped bit was not zero. C++ twin: WideNumber::truncate in models/arith/lns_scalar_lane.cpp.
module truncate #(
    parameter int BITS    = 16,
    parameter int DROP    = 4,
    parameter int NEAREST = 0,
    parameter int OUT     = 13
) (
    input  logic signed [BITS-1:0] x,
    input  logic                   upward,
    output logic signed [ OUT-1:0] y,
    output logic                   lost
);
  generate
    if (DROP <= 0) begin : g_keep
      logic unused_upward;
      assign unused_upward = upward;
      assign y = OUT'(x);
      assign lost = 1'b0;
    end else begin : g_drop
      localparam int WIDE = (BITS > DROP + 1 ? BITS : DROP + 1) + 1;
      logic signed [WIDE-1:0] wide;
      logic [DROP:0] addend;
      logic signed [WIDE-1:0] rounded;
      assign wide = WIDE'(x);
      assign lost = |wide[DROP-1:0];
      if (NEAREST != 0) begin : g_nearest
        logic unused_upward;
        assign unused_upward = upward;
        // Half a unit less one, and one more where the kept part is odd.
        assign addend = (DROP + 1)'((1 << (DROP - 1)) - 1) + (DROP + 1)'(wide[DROP]);
      end else begin : g_directed
        assign addend = upward ? {1'b0, {DROP{1'b1}}} : '0;
      end
      assign rounded = wide + WIDE'($signed({1'b0, addend}));
      assign y = OUT'(rounded >>> DROP);
    end
  endgenerate
endmodule
