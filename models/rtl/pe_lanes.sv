// pe_lanes: the vector lanes of a PE with their accumulation collectors.
//
// Latency: a beat in cycle t finds its A vectors in the lane registers and its B vector at b, which is
// registered; what becomes of the sums of its column is at `sums` in t + PIPELINE_STAGES + 1 (sums_valid where
// `sends` was set). Partial sums come part by part; the last one (restore_done) writes the column, which a
// beat may use from the next cycle on. Throughput: one beat per cycle.
// Ports: hold_*: writes of the lane registers; rows: lanes beyond them do nothing; first: the column starts
// from zero. Padding is stored as zeros, which add nothing. Arithmetic and its parameters: lns_lane.
// C++ twin: models/compute/lane_values.h.
module pe_lanes #(
    parameter int LANES           = 4,
    parameter int V               = 8,
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
    parameter int ENTRIES         = 8,
    parameter int PIPELINE_STAGES = 5,
    parameter int PORT_BYTES      = 32,
    parameter int ROWS_AT_ONCE    = 4,
    parameter int PARTS           = 1,
    parameter int COUNT_BITS      = 16,
    localparam int LOG2_GAMMA     = LOG2_GAMMA_A > LOG2_GAMMA_B ? LOG2_GAMMA_A : LOG2_GAMMA_B,
    localparam int LOG2_BINS      = LOG2_TABLE < LOG2_GAMMA ? LOG2_TABLE : LOG2_GAMMA,
    parameter logic [(1<<LOG2_BINS)*(CONSTANT_BITS+2)-1:0] CONSTANTS = '0,
    localparam int VECTOR_BITS_A  = V * (B_A + (ZERO_A == 2 ? 1 : 0)),
    localparam int VECTOR_BITS_B  = V * (B_B + (ZERO_B == 2 ? 1 : 0)),
    localparam int PART_BITS      = VECTOR_BITS_A / PARTS,
    localparam int ROW_BITS       = $clog2(LANES + 1),
    localparam int ENTRY_BITS     = $clog2(ENTRIES)
) (
    input  logic                              clk,
    input  logic                              reset,
    input  logic                              hold,
    input  logic                              hold_bank,
    input  logic [ROW_BITS-1:0]               hold_row,
    input  logic [COUNT_BITS-1:0]             hold_part,
    input  logic [ROWS_AT_ONCE*PART_BITS-1:0] hold_data,
    input  logic                              beat,
    input  logic                              bank,
    input  logic                              first,
    input  logic [ENTRY_BITS-1:0]             column,
    input  logic [ROW_BITS-1:0]               rows,
    input  logic                              sends,
    input  logic [VECTOR_BITS_B-1:0]          b,
    input  logic                              restore,
    input  logic                              restore_done,
    input  logic [ENTRY_BITS-1:0]             restore_column,
    input  logic [COUNT_BITS-1:0]             restore_part,
    input  logic [8*PORT_BYTES-1:0]           restore_data,
    output logic                              sums_valid,
    output logic [LANES*ACC_BITS-1:0]         sums
);
  localparam int PORT_BITS = 8 * PORT_BYTES;
  localparam int SUM_PARTS = (LANES * ACC_BITS + PORT_BITS - 1) / PORT_BITS;

  // The operand registers of the beat that the lanes take in this cycle.
  logic taken, taken_bank, taken_first, taken_sends;
  logic [ENTRY_BITS-1:0] taken_column;
  logic [ROW_BITS-1:0] taken_rows;
  logic [VECTOR_BITS_B-1:0] taken_b;
  always_ff @(posedge clk) begin
    taken <= beat & ~reset;
    taken_bank <= bank;
    taken_first <= first;
    taken_sends <= sends;
    taken_column <= column;
    taken_rows <= rows;
    taken_b <= b;
  end

  logic [LANES*VECTOR_BITS_A-1:0] held;
  pe_lane_registers #(
      .LANES(LANES), .VECTOR_BITS(VECTOR_BITS_A), .ROWS_AT_ONCE(ROWS_AT_ONCE), .PARTS(PARTS),
      .COUNT_BITS(COUNT_BITS)
  ) registers (
      .clk(clk), .write(hold), .write_bank(hold_bank), .write_row(hold_row), .write_part(hold_part),
      .write_data(hold_data), .read_bank(taken_bank), .held(held));

  // Parts of a column of partial sums, until the last one is there.
  logic [SUM_PARTS*PORT_BITS-1:0] parts, parts_before;
  generate
    for (genvar i = 0; i < SUM_PARTS; i = i + 1) begin : g_sum_part
      assign parts[i*PORT_BITS+:PORT_BITS] =
          restore_part == COUNT_BITS'(i) ? restore_data : parts_before[i*PORT_BITS+:PORT_BITS];
    end
    if (SUM_PARTS * PORT_BITS > LANES * ACC_BITS) begin : g_beyond
      logic unused_bits;
      assign unused_bits = ^parts[SUM_PARTS*PORT_BITS-1:LANES*ACC_BITS];
    end
  endgenerate
  always_ff @(posedge clk) if (restore) parts_before <= parts;

  logic unused_end;
  valid_pipe #(.WIDTH(1), .STAGES(PIPELINE_STAGES)) ends (
      .clk(clk), .reset(reset), .in_valid(taken & taken_sends), .in(1'b1), .out_valid(sums_valid),
      .out(unused_end));

  generate
    for (genvar lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
      logic unused_valid;
      logic [ENTRY_BITS-1:0] unused_entry;
      logic [15:0] unused_products, unused_zeros, unused_losses, unused_truncated, unused_saturations;
      lns_lane #(
          .V(V), .B_A(B_A), .LOG2_GAMMA_A(LOG2_GAMMA_A), .ZERO_A(ZERO_A), .B_B(B_B),
          .LOG2_GAMMA_B(LOG2_GAMMA_B), .ZERO_B(ZERO_B), .LOG2_TABLE(LOG2_TABLE),
          .CONSTANT_BITS(CONSTANT_BITS), .LSB_OCTAVES(LSB_OCTAVES), .TRUNCATE_AT(TRUNCATE_AT),
          .TRUNCATION(TRUNCATION), .EXACT(EXACT), .ACC_BITS(ACC_BITS), .OVERFLOW(OVERFLOW),
          .ENTRIES(ENTRIES), .PIPELINE_STAGES(PIPELINE_STAGES), .CONSTANTS(CONSTANTS)
      ) lns (
          .clk(clk), .reset(reset), .in_valid(taken & ROW_BITS'(lane) < taken_rows), .in_first(taken_first),
          .in_entry(taken_column), .a(held[lane*VECTOR_BITS_A+:VECTOR_BITS_A]), .b(taken_b),
          .padding({V{1'b0}}), .load_valid(restore_done), .load_entry(restore_column),
          .load_sum(parts[lane*ACC_BITS+:ACC_BITS]), .out_valid(unused_valid), .out_entry(unused_entry),
          .out_sum(sums[lane*ACC_BITS+:ACC_BITS]), .out_products(unused_products),
          .out_zero_products(unused_zeros), .out_lost_products(unused_losses),
          .out_truncated_sums(unused_truncated), .out_saturations(unused_saturations));
    end
  endgenerate
endmodule
