// accumulator + the sum of a beat's products, with one rounding to single precision; or what infinities and NaNs make
// of it. Combinational: all that the next beat waits for.
//
// Parameters: BITS of the sum. Ports: negative, field, sum: as float_normalise gives them, of the finite products;
// any_product: one at least is no padding; nan, infinite_up, infinite_down: such products among them; lost, dropped: as
// float_aligned gives them; counts as arith::DotCounts has them.
// C++ twins: models/arith/float_beat_aligned.cpp, models/arith/float_beat_fused.cpp.
module float_accumulate #(
    parameter int BITS = 30
) (
    input  logic            negative,
    input  logic [8:0]      field,
    input  logic [BITS-1:0] sum,
    input  logic            any_product,
    input  logic            nan,
    input  logic            infinite_up,
    input  logic            infinite_down,
    input  logic [15:0]     lost,
    input  logic            dropped,
    input  logic [31:0]     accumulator,
    output logic [31:0]     result,
    output logic [15:0]     lost_products,
    output logic [15:0]     truncated_sums,
    output logic [15:0]     saturations
);
  logic [31:0] finite_sum, special_sum;
  logic not_finite, special, inexact, overflow, truncated, overflowed;
  f32_fused_add #(.BITS(BITS)) add (
      .product_negative(negative), .product_field(field), .product(sum), .c(accumulator), .result(finite_sum),
      .inexact(inexact), .overflow(overflow));
  // Finite terms change nothing where there is an infinity or a NaN.
  assign not_finite = &accumulator[30:23];
  assign special = nan | infinite_up | infinite_down | not_finite;
  float_special specials (
      .accumulator(not_finite ? accumulator : 32'd0), .nan(nan | (infinite_up & infinite_down)),
      .infinite(infinite_up | infinite_down), .negative(infinite_down), .result(special_sum));
  assign result = !special ? finite_sum : any_product ? special_sum : accumulator;
  assign lost_products = special ? '0 : lost;
  assign truncated = ~special & ~overflow & (inexact | dropped);
  assign overflowed = ~special & overflow;
  assign truncated_sums = 16'(truncated);
  assign saturations = 16'(overflowed);
endmodule
