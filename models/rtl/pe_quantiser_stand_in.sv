// stand-in: lns8g8, zero reserved, clamp; linear midpoints; 9 quantiser bits; LSB octave 13
module pe_quantiser_stand_in #(
    parameter int ACC_BITS = 24,
    parameter int OUT_BITS = 8
) (
    input  logic signed [ACC_BITS-1:0] sum,
    input  logic signed [31:0]         scale,
    output logic [OUT_BITS-1:0]        code
);
  logic [ACC_BITS-1:0] magnitude;
  logic [31:0] top;
  logic [8:0] mantissa;
  logic signed [31:0] exponent, fitted_unused;
  logic [3:0] remainder;
  always_comb begin
    magnitude = sum < 0 ? -sum : sum;
    top = 0;
    for (int i = 0; i < ACC_BITS; i = i + 1) if (magnitude[i]) top = i;
    mantissa = 9'(({9'd0, magnitude, 9'd0} << 0) >> (top + 1));
    remainder = 4'(mantissa >= 9'd268) + 4'(mantissa >= 9'd292) + 4'(mantissa >= 9'd319) +
        4'(mantissa >= 9'd348) + 4'(mantissa >= 9'd379) + 4'(mantissa >= 9'd413) + 4'(mantissa >= 9'd451) +
        4'(mantissa >= 9'd491);
    exponent = (32'(top) + 13) * 8 + 32'(remainder) + scale;
    fitted_unused = exponent > 127 ? 127 : exponent < (sum < 0 ? 1 : 0) ? (sum < 0 ? 1 : 0) : exponent;
    code = sum == 0 ? 8'h80 : {sum < 0, fitted_unused[6:0]};
  end
endmodule
