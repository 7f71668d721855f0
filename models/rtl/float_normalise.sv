// A signed fixed-point sum as f32_fused_add takes it. Combinational.
//
// Parameters: SUM_BITS; LOWEST: no sum has bits below 2^LOWEST; PLACED_BITS: as in f32_place.
// Ports: sum: bit 0 weighs 2^low; field, placed: as f32_place gives them.
module float_normalise #(
    parameter int SUM_BITS    = 30,
    parameter int LOWEST      = -298,
    parameter int PLACED_BITS = 30
) (
    input  logic signed [SUM_BITS-1:0] sum,
    input  logic signed [11:0]         low,
    output logic                       negative,
    output logic [8:0]                 field,
    output logic [PLACED_BITS-1:0]     placed
);
  logic [SUM_BITS-2:0] magnitude, normalised;
  logic [$clog2(SUM_BITS-1)-1:0] top;
  assign negative = sum[SUM_BITS-1];
  assign magnitude = (SUM_BITS - 1)'(negative ? -sum : sum);
  leading_one #(.WIDTH(SUM_BITS - 1)) find (.x(magnitude), .top(top), .normalised(normalised));
  f32_place #(.WIDTH(SUM_BITS - 1), .PLACED_BITS(PLACED_BITS), .LOWEST(LOWEST)) place (
      .exponent(low + 12'(top)), .significand(normalised), .field(field), .placed(placed));
endmodule
