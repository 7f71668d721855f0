// A vector multiply-accumulate lane on floating-point numbers: V products per cycle into one entry of the lane's
// accumulation collector, whose entries are single-precision numbers.
//
// Steps, and where the PIPELINE_STAGES - 1 registers before the last stage stand:
//
//   per step  1 multiply  2 a chain of V additions to the accumulator                       all behind 1
//   fused     1 multiply  2 shift, tree  3 normalise  4 add to the accumulator              in turns behind 3, 1, 2
//   aligned   1 multiply  2 largest exponent  3 shift and cut, tree  4 normalise
//             5 add to the accumulator                                                      in turns behind 4, 2, 3, 1
// so that the first one leaves nothing before the addition in its loop.
//
// Latency, throughput, ports: as lns_lane.
// Parameters: V; E, M, OCP of the operands A and B as in float_unpack; how they accumulate: FUSED: all products of a
// beat and the accumulator exactly with one rounding; ALIGNMENT_BITS, not 0: the products cut to so many bits, 8..48,
// below the largest, their sum and the accumulator exactly with one rounding; else one rounding per product in the
// order of the elements; BOOTH as in float_multiply; ENTRIES of the collector >= 2; PIPELINE_STAGES 1..32.
// C++ twin: models/arith/float_datapath.h.
module float_lane #(
    parameter int V               = 4,
    parameter int E_A             = 4,
    parameter int M_A             = 3,
    parameter int OCP_A           = 1,
    parameter int E_B             = 4,
    parameter int M_B             = 3,
    parameter int OCP_B           = 1,
    parameter int FUSED           = 0,
    parameter int ALIGNMENT_BITS  = 0,
    parameter int BOOTH           = 0,
    parameter int ENTRIES         = 16,
    parameter int PIPELINE_STAGES = 5
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic                       in_valid,
    input  logic                       in_first,
    input  logic [$clog2(ENTRIES)-1:0] in_entry,
    input  logic [V*(E_A+M_A+1)-1:0]   a,
    input  logic [V*(E_B+M_B+1)-1:0]   b,
    input  logic [V-1:0]               padding,
    input  logic                       load_valid,
    input  logic [$clog2(ENTRIES)-1:0] load_entry,
    input  logic [31:0]                load_sum,
    output logic                       out_valid,
    output logic [$clog2(ENTRIES)-1:0] out_entry,
    output logic [31:0]                out_sum,
    output logic [15:0]                out_products,
    output logic [15:0]                out_zero_products,
    output logic [15:0]                out_lost_products,
    output logic [15:0]                out_truncated_sums,
    output logic [15:0]                out_saturations
);
  localparam int REGISTERS       = PIPELINE_STAGES - 1;
  localparam int AFTER_NORMALISE =
      FUSED != 0 ? (REGISTERS + 2) / 3 : ALIGNMENT_BITS != 0 ? (REGISTERS + 3) / 4 : 0;
  localparam int AFTER_LARGEST   = FUSED == 0 && ALIGNMENT_BITS != 0 ? (REGISTERS + 2) / 4 : 0;
  localparam int AFTER_TREE      = FUSED != 0 ? REGISTERS / 3 : ALIGNMENT_BITS != 0 ? (REGISTERS + 1) / 4 : 0;
  localparam int AFTER_MULTIPLY  = REGISTERS - AFTER_LARGEST - AFTER_TREE - AFTER_NORMALISE;
  localparam int CODE_A          = E_A + M_A + 1;
  localparam int CODE_B          = E_B + M_B + 1;
  localparam int PRODUCT_BITS    = M_A + M_B + 2;
  // The lowest bit of a product, and the weight above all products.
  localparam int LOWEST          = 4 - (1 << (E_A - 1)) - M_A - (1 << (E_B - 1)) - M_B;
  localparam int HIGHEST         = (1 << (E_A - 1)) + OCP_A + (1 << (E_B - 1)) + OCP_B;

  // Products
  logic [V-1:0] real_1, zero_1, nan_1, infinite_1, negative_1, empty_1;
  logic [V*12-1:0] exponent_1;
  logic [V*PRODUCT_BITS-1:0] product_1;
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_product
      float_multiply #(
          .E_A(E_A), .M_A(M_A), .OCP_A(OCP_A), .E_B(E_B), .M_B(M_B), .OCP_B(OCP_B),
          .BOOTH(BOOTH)
      ) multiply (
          .a(a[i*CODE_A+:CODE_A]), .b(b[i*CODE_B+:CODE_B]), .padding(padding[i]), .real_product(real_1[i]),
          .zero_factor(zero_1[i]), .nan(nan_1[i]), .infinite(infinite_1[i]), .negative(negative_1[i]),
          .empty(empty_1[i]), .exponent(exponent_1[i*12+:12]), .product(product_1[i*PRODUCT_BITS+:PRODUCT_BITS]));
    end
  endgenerate

  logic [V-1:0] real_2, nan_2, infinite_2, negative_2, empty_2;
  logic [V*12-1:0] exponent_2;
  logic [V*PRODUCT_BITS-1:0] product_2;
  pipe #(.WIDTH(V * (17 + PRODUCT_BITS)), .STAGES(AFTER_MULTIPLY)) after_multiply (
      .clk(clk), .in({real_1, nan_1, infinite_1, negative_1, empty_1, exponent_1, product_1}),
      .out({real_2, nan_2, infinite_2, negative_2, empty_2, exponent_2, product_2}));

  // Accumulation
  logic [31:0] held, next;
  logic [15:0] lost_products, truncated_sums, saturations;
  generate
    if (FUSED == 0 && ALIGNMENT_BITS == 0) begin : g_per_step
      float_per_step #(.V(V), .PRODUCT_BITS(PRODUCT_BITS), .LOWEST(LOWEST)) chain (
          .real_product(real_2), .nan(nan_2), .infinite(infinite_2), .negative(negative_2), .empty(empty_2),
          .exponent(exponent_2), .product(product_2), .accumulator(held), .result(next),
          .lost_products(lost_products), .truncated_sums(truncated_sums), .saturations(saturations));
    end else begin : g_per_beat
      localparam int BITS        = FUSED != 0 ? HIGHEST - LOWEST : ALIGNMENT_BITS;
      localparam int SUM_BITS    = BITS + $clog2(V) + 1;
      localparam int PLACED_BITS = SUM_BITS > 27 ? SUM_BITS : 27;
      logic [SUM_BITS-1:0] sum;
      logic [11:0] low;
      logic [15:0] lost;
      logic dropped;
      if (FUSED != 0) begin : g_fused
        float_fused #(
            .V(V), .PRODUCT_BITS(PRODUCT_BITS), .SUM_BITS(SUM_BITS), .LOW(LOWEST), .AFTER_TREE(AFTER_TREE)
        ) fused (
            .clk(clk), .negative(negative_2), .empty(empty_2), .exponent(exponent_2), .product(product_2),
            .sum(sum));
        assign low = 12'(LOWEST);
        assign lost = '0;
        assign dropped = 1'b0;
      end else begin : g_aligned
        localparam int EXPONENT_BITS = (E_A > E_B ? E_A : E_B) + 2;
        logic [V*EXPONENT_BITS-1:0] exponents;
        for (i = 0; i < V; i = i + 1) begin : g_exponent
          assign exponents[i*EXPONENT_BITS+:EXPONENT_BITS] = EXPONENT_BITS'(exponent_2[i*12+:12]);
        end
        float_aligned #(
            .V(V), .ALIGNMENT_BITS(ALIGNMENT_BITS), .EXPONENT_BITS(EXPONENT_BITS),
            .PRODUCT_BITS(PRODUCT_BITS), .SUM_BITS(SUM_BITS), .AFTER_LARGEST(AFTER_LARGEST),
            .AFTER_TREE(AFTER_TREE)
        ) aligned (
            .clk(clk), .negative(negative_2), .empty(empty_2), .exponent(exponents), .product(product_2),
            .sum(sum), .low(low), .lost(lost), .dropped(dropped));
      end

      logic [3:0] kinds_2, kinds_3;
      assign kinds_2 = {|real_2, |nan_2, |(infinite_2 & ~negative_2), |(infinite_2 & negative_2)};
      pipe #(.WIDTH(4), .STAGES(AFTER_LARGEST + AFTER_TREE)) after_tree (
          .clk(clk), .in(kinds_2), .out(kinds_3));

      logic sum_negative, placed_negative, placed_dropped;
      logic [8:0] field, placed_field;
      logic [PLACED_BITS-1:0] placed_sum, placed;
      logic [3:0] kinds_4;
      logic [15:0] placed_lost;
      float_normalise #(.SUM_BITS(SUM_BITS), .LOWEST(LOWEST), .PLACED_BITS(PLACED_BITS)) normalise (
          .sum(sum), .low(low), .negative(sum_negative), .field(field), .placed(placed_sum));
      pipe #(.WIDTH(PLACED_BITS + 31), .STAGES(AFTER_NORMALISE)) after_normalise (
          .clk(clk), .in({sum_negative, field, placed_sum, kinds_3, lost, dropped}),
          .out({placed_negative, placed_field, placed, kinds_4, placed_lost, placed_dropped}));

      float_accumulate #(.BITS(PLACED_BITS)) accumulate (
          .negative(placed_negative), .field(placed_field), .sum(placed), .any_product(kinds_4[3]),
          .nan(kinds_4[2]), .infinite_up(kinds_4[1]), .infinite_down(kinds_4[0]), .lost(placed_lost),
          .dropped(placed_dropped), .accumulator(held), .result(next), .lost_products(lost_products),
          .truncated_sums(truncated_sums), .saturations(saturations));
    end
  endgenerate

  logic [15:0] products_1, zeros_1, products, zero_products;
  count_ones #(.WIDTH(V)) over_products (.flags(real_1), .count(products_1));
  count_ones #(.WIDTH(V)) over_zeros (.flags(zero_1), .count(zeros_1));
  pipe #(.WIDTH(32), .STAGES(REGISTERS)) counts (
      .clk(clk), .in({products_1, zeros_1}), .out({products, zero_products}));

  lane_end #(.ENTRIES(ENTRIES), .ACC_BITS(32), .PIPELINE_STAGES(PIPELINE_STAGES)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in_first(in_first), .in_entry(in_entry), .held(held),
      .next(next), .products(products), .zero_products(zero_products), .lost_products(lost_products),
      .truncated_sums(truncated_sums), .saturations(saturations), .load_valid(load_valid),
      .load_entry(load_entry), .load_sum(load_sum), .out_valid(out_valid), .out_entry(out_entry),
      .out_sum(out_sum), .out_products(out_products), .out_zero_products(out_zero_products),
      .out_lost_products(out_lost_products), .out_truncated_sums(out_truncated_sums),
      .out_saturations(out_saturations));
endmodule
