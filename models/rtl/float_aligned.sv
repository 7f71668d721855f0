// accumulator + a sum of products, all aligned to the largest exponent among them and cut there, towards zero, to
// ALIGNMENT_BITS bits; one integer sum, one rounding to single precision. Combinational.
//
// Parameters: V; ALIGNMENT_BITS 8..48. Ports: products as float_multiply gives them; counts: non-zero products of
// which nothing is left, whether a finite sum lost bits, whether one became infinite.
// C++ twin: models/arith/float_beat_aligned.cpp.
module float_aligned #(
    parameter int V              = 4,
    parameter int ALIGNMENT_BITS = 27
) (
    input  logic [V-1:0]    real_product,
    input  logic [V-1:0]    nan,
    input  logic [V-1:0]    infinite,
    input  logic [V-1:0]    negative,
    input  logic [V-1:0]    empty,
    input  logic [V*12-1:0] exponent,
    input  logic [V*48-1:0] product,
    input  logic [31:0]     accumulator,
    output logic [31:0]     result,
    output logic [15:0]     lost_products,
    output logic [15:0]     truncated_sums,
    output logic [15:0]     saturations
);
  localparam int TERMS = V + 1;
  localparam int WIDTH = ALIGNMENT_BITS + $clog2(TERMS) + 1;

  logic accumulator_nan, accumulator_infinite, accumulator_zero, accumulator_negative, unused_special;
  logic [23:0] accumulator_significand;
  logic signed [11:0] accumulator_exponent;
  float_unpack unpack (
      .x(accumulator), .nan(accumulator_nan), .infinite(accumulator_infinite), .zero(accumulator_zero),
      .negative(accumulator_negative), .significand(accumulator_significand), .exponent(accumulator_exponent));
  assign unused_special = accumulator_nan | accumulator_infinite;

  // The accumulator is the last term.
  logic [TERMS-1:0] present, term_negative, dropped;
  logic [TERMS*12-1:0] term_exponent;
  logic [TERMS*48-1:0] significand;
  logic [TERMS*ALIGNMENT_BITS-1:0] kept;
  logic [V-1:0] lost;
  logic [11:0] highest;
  assign present = {~accumulator_zero, ~empty};
  assign term_negative = {accumulator_negative, negative};
  assign term_exponent = {accumulator_exponent, exponent};
  assign significand = {accumulator_significand, 24'd0, product};
  largest #(.COUNT(TERMS), .WIDTH(12)) find (.present(present), .numbers(term_exponent), .found(highest));

  genvar i;
  generate
    for (i = 0; i < TERMS; i = i + 1) begin : g_term
      logic [11:0] distance;
      logic [5:0] down;
      logic [95:0] placed;
      assign distance = highest - term_exponent[i*12+:12];
      assign down = distance > 12'd48 ? 6'd48 : distance[5:0];
      assign placed = {significand[i*48+:48], 48'd0} >> down;
      assign kept[i*ALIGNMENT_BITS+:ALIGNMENT_BITS] = placed[95-:ALIGNMENT_BITS];
      assign dropped[i] = present[i] & |placed[95-ALIGNMENT_BITS:0];
    end
    for (i = 0; i < V; i = i + 1) begin : g_lost
      assign lost[i] = present[i] & ~|kept[i*ALIGNMENT_BITS+:ALIGNMENT_BITS];
    end
  endgenerate

  logic [WIDTH-1:0] total;
  logic special, short_sum, overflowed, truncated;
  signed_sum #(.COUNT(TERMS), .BITS(ALIGNMENT_BITS), .WIDTH(WIDTH)) tree (
      .present(present), .negative(term_negative), .magnitudes(kept), .sum(total));
  float_sum_end #(.WIDTH(WIDTH)) sum_end (
      .total(total), .low(highest - 12'(ALIGNMENT_BITS - 1)), .any_product(|real_product), .nan(|nan),
      .infinite_up(|(infinite & ~negative)), .infinite_down(|(infinite & negative)), .accumulator(accumulator),
      .result(result), .special(special), .short_sum(short_sum), .overflowed(overflowed));

  logic [15:0] lost_count;
  count_ones #(.WIDTH(V)) over_lost (.flags(lost), .count(lost_count));
  assign lost_products = special ? '0 : lost_count;
  assign truncated = short_sum | (|dropped & ~special & ~overflowed);
  assign truncated_sums = 16'(truncated);
  assign saturations = 16'(overflowed);
endmodule
