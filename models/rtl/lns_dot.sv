// The dot product of two vectors of logarithmic numbers, as a lane adds it to its accumulator, without the
// accumulator.
//
//   1 multiply    exponents add, signs xor                                          lns_multiply
//   2 shift       2^(octave + r_L / gamma), by the quotient and Mitchell            lns_shift
//   3 bins        one adder tree per value of r_M                                   lns_bin
//   4 constants   each bin's sum times its constant; the sum over the bins
// Bits below the accumulator's LSB are dropped where TRUNCATE_AT says: 0 each product (end of 2), 1 each bin's
// sum (end of 3), 2 each multiplied sum (4), 3 the sum over the bins (end of 4). A constant multiply after that
// point keeps none below the LSB either. With EXACT nothing is dropped, and bit 0 of the sum is the last bit
// that any product has.
//
// Latency: REGISTERS cycles, spread over the ends of the four steps: the first one behind 3, then 1, 4, 2, and
// round again (a synthesis tool with retiming moves them further). Throughput: one pair of vectors per cycle.
// Parameters: operands as in lns_multiply; those that lns_lane derives from its own and says there.
// Ports: sum: signed, in units of the accumulator's LSB; counts as arith::DotCounts has them.
// C++ twin: models/arith/lns_scalar_lane.cpp.
module lns_dot #(
    parameter int V             = 4,
    parameter int B_A           = 8,
    parameter int LOG2_GAMMA_A  = 3,
    parameter int ZERO_A        = 1,
    parameter int B_B           = 8,
    parameter int LOG2_GAMMA_B  = 3,
    parameter int ZERO_B        = 1,
    parameter int LOG2_GAMMA    = 3,
    parameter int LARGEST       = 254,
    parameter int LSB_OCTAVE    = 13,
    parameter int LOG2_BINS     = 3,
    parameter int CONSTANT_BITS = 8,
    parameter logic [(1<<LOG2_BINS)*(CONSTANT_BITS+2)-1:0] CONSTANTS = '0,
    parameter int TRUNCATE_AT   = 3,
    parameter int TRUNCATION    = 0,
    parameter int EXACT         = 0,
    parameter int SPLIT_SIGNS   = 0,
    parameter int REGISTERS     = 4,
    parameter int SUM_BITS      = 26
) (
    input  logic                               clk,
    input  logic [V*(B_A+(ZERO_A==2?1:0))-1:0] a,
    input  logic [V*(B_B+(ZERO_B==2?1:0))-1:0] b,
    input  logic [V-1:0]                       padding,
    output logic signed [SUM_BITS-1:0]         sum,
    output logic [15:0]                        products,
    output logic [15:0]                        zero_products,
    output logic [15:0]                        lost_products,
    output logic [15:0]                        truncated_sums
);
  // Registers behind each step.
  localparam int AFTER_BINS      = (REGISTERS + 3) / 4;
  localparam int AFTER_MULTIPLY  = (REGISTERS + 2) / 4;
  localparam int AFTER_CONSTANTS = (REGISTERS + 1) / 4;
  localparam int AFTER_SHIFT     = REGISTERS / 4;

  localparam int CODE_A         = B_A + (ZERO_A == 2 ? 1 : 0);
  localparam int CODE_B         = B_B + (ZERO_B == 2 ? 1 : 0);
  localparam int BINS           = 1 << LOG2_BINS;
  localparam int LOW            = LOG2_GAMMA - LOG2_BINS;  // bits of r_L
  localparam int FACTOR_BITS    = LOW == 0 ? 0 : LOG2_GAMMA;
  localparam int HIGHEST_OCTAVE = LARGEST >> LOG2_GAMMA;
  localparam int EXPONENT_BITS  = $clog2(LARGEST + 1);
  localparam int OCTAVE_BITS    = EXPONENT_BITS > LOG2_GAMMA ? EXPONENT_BITS - LOG2_GAMMA : 1;
  localparam int LOW_BITS       = LOW > 0 ? LOW : 1;

  // Where the LSB lies in products and bins, and in sums behind the constants.
  localparam int BIN_LSB      = EXACT != 0 ? 0 : LSB_OCTAVE + FACTOR_BITS;
  localparam int SUM_LSB      = EXACT != 0 ? 0 : BIN_LSB + CONSTANT_BITS;
  localparam int AT_PRODUCT   = TRUNCATE_AT == 0 && BIN_LSB > 0 ? BIN_LSB : 0;
  localparam int AT_BIN       = TRUNCATE_AT == 1 && BIN_LSB > 0 ? BIN_LSB : 0;
  localparam int AT_CONSTANT  = TRUNCATE_AT != 3 ? SUM_LSB - AT_PRODUCT - AT_BIN : 0;
  localparam int AT_VECTOR    = TRUNCATE_AT == 3 ? SUM_LSB : 0;
  localparam int RAISED       = SUM_LSB < 0 ? -SUM_LSB : 0;

  localparam int TERM_BITS      = HIGHEST_OCTAVE + FACTOR_BITS + 1;
  localparam int MAGNITUDE_BITS =
      AT_PRODUCT > 0 ? (TERM_BITS > AT_PRODUCT ? TERM_BITS - AT_PRODUCT : 1) + 1 : TERM_BITS;
  localparam int BIN_BITS       = MAGNITUDE_BITS + $clog2(V) + 1;
  localparam int KEPT_BITS      = AT_BIN > 0 ? (BIN_BITS > AT_BIN ? BIN_BITS - AT_BIN : 1) + 1 : BIN_BITS;
  localparam int MULTIPLIED     = KEPT_BITS + CONSTANT_BITS + 2;
  localparam int SCALED_BITS    =
      AT_CONSTANT > 0 ? (MULTIPLIED > AT_CONSTANT ? MULTIPLIED - AT_CONSTANT : 1) + 1 : MULTIPLIED;
  localparam int TOTAL_BITS     = SCALED_BITS + LOG2_BINS;

  genvar i;

  // 1 multiply
  logic [V-1:0] real_1, nonzero_1, negative_1, lost_1;
  logic [V*EXPONENT_BITS-1:0] exponent_1;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_multiply
      lns_multiply #(
          .B_A(B_A), .LOG2_GAMMA_A(LOG2_GAMMA_A), .ZERO_A(ZERO_A),
          .B_B(B_B), .LOG2_GAMMA_B(LOG2_GAMMA_B), .ZERO_B(ZERO_B), .SUM_BITS(EXPONENT_BITS)
      ) multiply (
          .a(a[i*CODE_A+:CODE_A]), .b(b[i*CODE_B+:CODE_B]), .padding(padding[i]),
          .real_product(real_1[i]), .nonzero(nonzero_1[i]), .negative(negative_1[i]),
          .exponent(exponent_1[i*EXPONENT_BITS+:EXPONENT_BITS]));
      if (EXACT != 0 || LSB_OCTAVE <= 0) begin : g_never_lost
        assign lost_1[i] = 1'b0;
      end else begin : g_lost
        assign lost_1[i] = nonzero_1[i] &
            (32'(exponent_1[i*EXPONENT_BITS+:EXPONENT_BITS]) >> LOG2_GAMMA < LSB_OCTAVE);
      end
    end
  endgenerate

  logic [V-1:0] nonzero_2, negative_2, lost_2;
  logic [V*EXPONENT_BITS-1:0] exponent_2;
  pipe #(.WIDTH(V * (3 + EXPONENT_BITS)), .STAGES(AFTER_MULTIPLY)) after_multiply (
      .clk(clk), .in({nonzero_1, negative_1, lost_1, exponent_1}),
      .out({nonzero_2, negative_2, lost_2, exponent_2}));

  // 2 shift
  logic [V-1:0] short_2;
  logic [V*MAGNITUDE_BITS-1:0] magnitude_2;
  logic [BINS*V-1:0] member_2;  // by bin, then product
  generate
    for (i = 0; i < V; i = i + 1) begin : g_shift
      logic [EXPONENT_BITS-1:0] exponent;
      logic [LOG2_GAMMA:0] remainder;
      logic dropped;
      assign exponent = exponent_2[i*EXPONENT_BITS+:EXPONENT_BITS];
      assign remainder = (LOG2_GAMMA + 1)'(exponent) & (LOG2_GAMMA + 1)'((1 << LOG2_GAMMA) - 1);
      lns_shift #(
          .LOG2_GAMMA(LOG2_GAMMA), .LOW(LOW), .OCTAVE_BITS(OCTAVE_BITS), .TERM_BITS(TERM_BITS),
          .DROP(AT_PRODUCT), .TRUNCATION(TRUNCATION), .OUT(MAGNITUDE_BITS)
      ) shift (
          .nonzero(nonzero_2[i]), .negative(negative_2[i]), .octave(OCTAVE_BITS'(exponent >> LOG2_GAMMA)),
          .low(LOW_BITS'(remainder & (LOG2_GAMMA + 1)'((1 << LOW) - 1))),
          .magnitude(magnitude_2[i*MAGNITUDE_BITS+:MAGNITUDE_BITS]), .lost(dropped));
      assign short_2[i] = dropped & ~lost_2[i];
      for (genvar bin = 0; bin < BINS; bin = bin + 1) begin : g_member
        assign member_2[bin*V+i] = nonzero_2[i] & (remainder >> LOW == (LOG2_GAMMA + 1)'(bin));
      end
    end
  endgenerate

  logic [V-1:0] negative_3;
  logic [V*MAGNITUDE_BITS-1:0] magnitude_3;
  logic [BINS*V-1:0] member_3;
  pipe #(.WIDTH(V * (1 + MAGNITUDE_BITS + BINS)), .STAGES(AFTER_SHIFT)) after_shift (
      .clk(clk), .in({negative_2, magnitude_2, member_2}), .out({negative_3, magnitude_3, member_3}));

  // 3 bins
  logic [BINS*KEPT_BITS-1:0] kept_3, kept_4;
  logic [BINS-1:0] short_3;
  generate
    for (i = 0; i < BINS; i = i + 1) begin : g_bin
      logic signed [BIN_BITS-1:0] bin_sum;
      lns_bin #(
          .V(V), .MAGNITUDE_BITS(MAGNITUDE_BITS), .SUM_BITS(BIN_BITS), .SPLIT_SIGNS(SPLIT_SIGNS)
      ) bin (
          .member(member_3[i*V+:V]), .negative(negative_3), .magnitudes(magnitude_3), .sum(bin_sum));
      truncate #(
          .BITS(BIN_BITS), .DROP(AT_BIN), .NEAREST(TRUNCATION == 2 ? 1 : 0), .OUT(KEPT_BITS)
      ) at_bin (
          .x(bin_sum), .upward(TRUNCATION == 1 && bin_sum[BIN_BITS-1]),
          .y(kept_3[i*KEPT_BITS+:KEPT_BITS]), .lost(short_3[i]));
    end
  endgenerate
  pipe #(.WIDTH(BINS * KEPT_BITS), .STAGES(AFTER_BINS)) after_bins (.clk(clk), .in(kept_3), .out(kept_4));

  // 4 constants
  localparam int TERMS = (CONSTANT_BITS + 4) / 2 + 1;  // of one constant multiply
  logic [BINS-1:0] short_4;
  logic signed [TOTAL_BITS-1:0] total;
  generate
    if (AT_CONSTANT > 0) begin : g_each
      logic [BINS*TOTAL_BITS-1:0] scaled_4;
      for (i = 0; i < BINS; i = i + 1) begin : g_constant
        logic [TERMS*MULTIPLIED-1:0] terms;
        logic signed [MULTIPLIED-1:0] product;
        logic signed [SCALED_BITS-1:0] scaled;
        constant_terms #(
            .BITS(KEPT_BITS), .CONSTANT_BITS(CONSTANT_BITS + 2),
            .CONSTANT(CONSTANTS[i*(CONSTANT_BITS+2)+:CONSTANT_BITS+2]), .WIDTH(MULTIPLIED)
        ) multiply (
            .x(kept_4[i*KEPT_BITS+:KEPT_BITS]), .terms(terms));
        sum_tree #(.COUNT(TERMS), .WIDTH(MULTIPLIED)) over_digits (.terms(terms), .sum(product));
        truncate #(
            .BITS(MULTIPLIED), .DROP(AT_CONSTANT), .NEAREST(TRUNCATION == 2 ? 1 : 0), .OUT(SCALED_BITS)
        ) at_constant (
            .x(product), .upward(TRUNCATION == 1 && product[MULTIPLIED-1]), .y(scaled), .lost(short_4[i]));
        assign scaled_4[i*TOTAL_BITS+:TOTAL_BITS] = TOTAL_BITS'(scaled);
      end
      sum_tree #(.COUNT(BINS), .WIDTH(TOTAL_BITS)) over_bins (.terms(scaled_4), .sum(total));
    end else begin : g_together
      // Nothing is dropped in between: one tree over the digits of all bins.
      logic [BINS*TERMS*TOTAL_BITS-1:0] terms;
      for (i = 0; i < BINS; i = i + 1) begin : g_constant
        constant_terms #(
            .BITS(KEPT_BITS), .CONSTANT_BITS(CONSTANT_BITS + 2),
            .CONSTANT(CONSTANTS[i*(CONSTANT_BITS+2)+:CONSTANT_BITS+2]), .WIDTH(TOTAL_BITS)
        ) multiply (
            .x(kept_4[i*KEPT_BITS+:KEPT_BITS]), .terms(terms[i*TERMS*TOTAL_BITS+:TERMS*TOTAL_BITS]));
      end
      sum_tree #(.COUNT(BINS * TERMS), .WIDTH(TOTAL_BITS)) over_bins (.terms(terms), .sum(total));
      assign short_4 = '0;
    end
  endgenerate
  logic signed [SUM_BITS-1:0] vector_sum, sum_4;
  logic short_total;
  truncate #(
      .BITS(TOTAL_BITS), .DROP(AT_VECTOR), .NEAREST(TRUNCATION == 2 ? 1 : 0), .OUT(SUM_BITS)
  ) at_vector (
      .x(total), .upward(TRUNCATION == 1 && total[TOTAL_BITS-1]), .y(vector_sum), .lost(short_total));
  assign sum_4 = vector_sum <<< RAISED;
  pipe #(.WIDTH(SUM_BITS), .STAGES(AFTER_CONSTANTS)) after_constants (.clk(clk), .in(sum_4), .out(sum));

  // Counts, each delayed to the end.
  lns_counts #(
      .V(V), .BINS(BINS), .AFTER_MULTIPLY(AFTER_MULTIPLY), .AFTER_SHIFT(AFTER_SHIFT),
      .AFTER_BINS(AFTER_BINS), .AFTER_CONSTANTS(AFTER_CONSTANTS)
  ) counts (
      .clk(clk), .real_1(real_1), .nonzero_1(nonzero_1), .lost_1(lost_1), .short_2(short_2),
      .short_3(short_3), .short_4({short_total, short_4}), .products(products),
      .zero_products(zero_products), .lost_products(lost_products), .truncated_sums(truncated_sums));
endmodule
