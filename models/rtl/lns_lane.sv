// A vector multiply-accumulate lane on logarithmic numbers: V products per cycle into one entry of the lane's
// accumulation collector.
//
// Latency: operands stand in registers outside. A beat at the inputs in cycle s (in_valid) passes
// PIPELINE_STAGES stages, the last of which reads, adds to and writes the collector's entry at the end of cycle
// s + PIPELINE_STAGES - 1; the outputs show the new sum and the beat's counts in s + PIPELINE_STAGES. Operands
// that a sequencer issues in cycle t, and that therefore are in the operand registers in t + 1, are out in
// t + PIPELINE_STAGES + 1. Throughput: one beat per cycle, also into one entry.
//
// Parameters: V: 1..1024; B, LOG2_GAMMA, ZERO of the operands A and B as in lns_decode, at one scale each;
// LOG2_TABLE: log2 of table_entries; CONSTANT_BITS; CONSTANTS: for bin m at m * (CONSTANT_BITS + 2), the bins
// being min(table_entries, gamma), round(2^(m / bins) * 2^CONSTANT_BITS), from models/arith/log_to_linear.h:
// there is no useful default; LSB_OCTAVES, TRUNCATE_AT, TRUNCATION, OVERFLOW: as arith::DatapathParameters
// lists them, choices by their position; EXACT: nothing is dropped, and ACC_BITS must hold every sum;
// SPLIT_SIGNS: as in lns_bin; ENTRIES of the collector >= 2; PIPELINE_STAGES 1..32.
// Ports: element i of a at i * (bits of a code); padding: elements that add and count nothing; in_first: the
// entry starts from zero; load_*: as in lane_end; out_*: counts are 0 when out_valid is.
// C++ twin: arith::Datapath of the kind lns, held in models/compute/lane_values.h.
module lns_lane #(
    parameter int V               = 4,
    parameter int B_A             = 8,
    parameter int LOG2_GAMMA_A    = 3,
    parameter int ZERO_A          = 1,
    parameter int B_B             = 8,
    parameter int LOG2_GAMMA_B    = 3,
    parameter int ZERO_B          = 1,
    parameter int LOG2_TABLE      = 3,
    parameter int CONSTANT_BITS   = 8,
    parameter int LSB_OCTAVES     = 19,
    parameter int TRUNCATE_AT     = 3,
    parameter int TRUNCATION      = 0,
    parameter int EXACT           = 0,
    parameter int ACC_BITS        = 24,
    parameter int OVERFLOW        = 0,
    parameter int SPLIT_SIGNS     = 0,
    parameter int ENTRIES         = 16,
    parameter int PIPELINE_STAGES = 5,
    localparam int LOG2_GAMMA     = LOG2_GAMMA_A > LOG2_GAMMA_B ? LOG2_GAMMA_A : LOG2_GAMMA_B,
    localparam int LOG2_BINS      = LOG2_TABLE < LOG2_GAMMA ? LOG2_TABLE : LOG2_GAMMA,
    parameter logic [(1<<LOG2_BINS)*(CONSTANT_BITS+2)-1:0] CONSTANTS = '0
) (
    input  logic                               clk,
    input  logic                               reset,
    input  logic                               in_valid,
    input  logic                               in_first,
    input  logic [$clog2(ENTRIES)-1:0]         in_entry,
    input  logic [V*(B_A+(ZERO_A==2?1:0))-1:0] a,
    input  logic [V*(B_B+(ZERO_B==2?1:0))-1:0] b,
    input  logic [V-1:0]                       padding,
    input  logic                               load_valid,
    input  logic [$clog2(ENTRIES)-1:0]         load_entry,
    input  logic [ACC_BITS-1:0]                load_sum,
    output logic                               out_valid,
    output logic [$clog2(ENTRIES)-1:0]         out_entry,
    output logic [ACC_BITS-1:0]                out_sum,
    output logic [15:0]                        out_products,
    output logic [15:0]                        out_zero_products,
    output logic [15:0]                        out_lost_products,
    output logic [15:0]                        out_truncated_sums,
    output logic [15:0]                        out_saturations
);
  // The largest sum of exponents, the octaves of the largest product and of the accumulator's LSB.
  localparam int LARGEST = (((1 << (B_A - 1)) - 1) << (LOG2_GAMMA - LOG2_GAMMA_A)) +
                           (((1 << (B_B - 1)) - 1) << (LOG2_GAMMA - LOG2_GAMMA_B));
  localparam int HIGHEST_OCTAVE = LARGEST >> LOG2_GAMMA;
  localparam int LSB_OCTAVE = ((LARGEST + (1 << LOG2_GAMMA) - 1) >> LOG2_GAMMA) - LSB_OCTAVES;
  // Octaves from the LSB to above every product, whose approximation stays below twice the octave's end; from 2
  // on, twice that also holds what truncation can add.
  localparam int SPAN = HIGHEST_OCTAVE + 2 - LSB_OCTAVE > 2 ? HIGHEST_OCTAVE + 2 - LSB_OCTAVE : 2;
  localparam int FACTOR_BITS = LOG2_BINS == LOG2_GAMMA ? 0 : LOG2_GAMMA;
  localparam int SUM_BITS =
      $clog2(V) + (EXACT != 0 ? HIGHEST_OCTAVE + FACTOR_BITS + CONSTANT_BITS + 3 : SPAN + 2);

  logic signed [SUM_BITS-1:0] sum;
  logic [15:0] products, zero_products, lost_products, truncated_sums;
  lns_dot #(
      .V(V),
      .B_A(B_A), .LOG2_GAMMA_A(LOG2_GAMMA_A), .ZERO_A(ZERO_A),
      .B_B(B_B), .LOG2_GAMMA_B(LOG2_GAMMA_B), .ZERO_B(ZERO_B),
      .LOG2_GAMMA(LOG2_GAMMA), .LARGEST(LARGEST), .LSB_OCTAVE(LSB_OCTAVE), .LOG2_BINS(LOG2_BINS),
      .CONSTANT_BITS(CONSTANT_BITS), .CONSTANTS(CONSTANTS), .TRUNCATE_AT(TRUNCATE_AT),
      .TRUNCATION(TRUNCATION), .EXACT(EXACT), .SPLIT_SIGNS(SPLIT_SIGNS), .REGISTERS(PIPELINE_STAGES - 1),
      .SUM_BITS(SUM_BITS)
  ) dot (
      .clk(clk), .a(a), .b(b), .padding(padding), .sum(sum), .products(products),
      .zero_products(zero_products), .lost_products(lost_products), .truncated_sums(truncated_sums));

  logic [ACC_BITS-1:0] held, fitted;
  logic saturated;
  accumulate #(.ACC_BITS(ACC_BITS), .SUM_BITS(SUM_BITS), .OVERFLOW(OVERFLOW)) add (
      .held(held), .sum(sum), .fitted(fitted), .saturated(saturated));

  lane_end #(.ENTRIES(ENTRIES), .ACC_BITS(ACC_BITS), .PIPELINE_STAGES(PIPELINE_STAGES)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in_first(in_first), .in_entry(in_entry), .held(held),
      .next(fitted), .products(products), .zero_products(zero_products), .lost_products(lost_products),
      .truncated_sums(truncated_sums), .saturations(16'(saturated)), .load_valid(load_valid),
      .load_entry(load_entry), .load_sum(load_sum), .out_valid(out_valid), .out_entry(out_entry),
      .out_sum(out_sum), .out_products(out_products), .out_zero_products(out_zero_products),
      .out_lost_products(out_lost_products), .out_truncated_sums(out_truncated_sums),
      .out_saturations(out_saturations));
endmodule
