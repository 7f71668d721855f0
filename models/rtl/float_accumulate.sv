// accumulator + the sum of a beat's products, with one rounding to single precision; or what infinities and NaNs make
// of it.
//
//   1 sign and magnitude of the sum, its leading one on top
//   2 the addition: all that the next beat waits for
//
// Latency: STAGES cycles between the steps; the accumulator comes with step 2. Throughput: one beat per cycle.
// Parameters: SUM_BITS; STAGES >= 0. Ports: sum: of the finite products, signed, bit 0 weighs 2^low; any_product: one
// at least is no padding; nan, infinite_up, infinite_down: such products among them; lost, dropped: as float_aligned
// gives them; counts as arith::DotCounts has them.
// C++ twins: models/arith/float_beat_aligned.cpp, models/arith/float_beat_fused.cpp.
module float_accumulate #(
    parameter int SUM_BITS = 30,
    parameter int STAGES   = 1
) (
    input  logic                       clk,
    input  logic signed [SUM_BITS-1:0] sum,
    input  logic signed [11:0]         low,
    input  logic                       any_product,
    input  logic                       nan,
    input  logic                       infinite_up,
    input  logic                       infinite_down,
    input  logic [15:0]                lost,
    input  logic                       dropped,
    input  logic [31:0]                accumulator,
    output logic [31:0]                result,
    output logic [15:0]                lost_products,
    output logic [15:0]                truncated_sums,
    output logic [15:0]                saturations
);
  // 1 normalise
  logic negative_1, negative_2;
  logic [SUM_BITS-2:0] magnitude, significand_1, significand_2;
  logic [$clog2(SUM_BITS-1)-1:0] top;
  logic signed [11:0] exponent_2;
  logic [20:0] beside_2;
  assign negative_1 = sum[SUM_BITS-1];
  assign magnitude = (SUM_BITS - 1)'(negative_1 ? -sum : sum);
  leading_one #(.WIDTH(SUM_BITS - 1)) normalise (.x(magnitude), .top(top), .normalised(significand_1));
  pipe #(.WIDTH(SUM_BITS + 33), .STAGES(STAGES)) after_normalise (
      .clk(clk),
      .in({negative_1, significand_1, low + 12'(top), any_product, nan, infinite_up, infinite_down, dropped, lost}),
      .out({negative_2, significand_2, exponent_2, beside_2}));

  // 2 add
  logic any_product_2, nan_2, infinite_up_2, infinite_down_2, dropped_2;
  logic [15:0] lost_2;
  logic [31:0] finite_sum, special_sum;
  logic not_finite, special, inexact, overflow, truncated, overflowed;
  assign {any_product_2, nan_2, infinite_up_2, infinite_down_2, dropped_2, lost_2} = beside_2;
  f32_fused_add #(.PRODUCT_BITS(SUM_BITS - 1)) add (
      .product_negative(negative_2), .product_zero(~significand_2[SUM_BITS-2]), .product(significand_2),
      .product_exponent(exponent_2), .c(accumulator), .result(finite_sum), .inexact(inexact), .overflow(overflow));
  // Finite terms change nothing where there is an infinity or a NaN.
  assign not_finite = &accumulator[30:23];
  assign special = nan_2 | infinite_up_2 | infinite_down_2 | not_finite;
  float_special specials (
      .accumulator(not_finite ? accumulator : 32'd0), .nan(nan_2 | (infinite_up_2 & infinite_down_2)),
      .infinite(infinite_up_2 | infinite_down_2), .negative(infinite_down_2), .result(special_sum));
  assign result = !special ? finite_sum : any_product_2 ? special_sum : accumulator;
  assign lost_products = special ? '0 : lost_2;
  assign truncated = ~special & ~overflow & (inexact | dropped_2);
  assign overflowed = ~special & overflow;
  assign truncated_sums = 16'(truncated);
  assign saturations = 16'(overflowed);
endmodule
