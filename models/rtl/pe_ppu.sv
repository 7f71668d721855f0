// pe_ppu: the post-processing unit of a PE: scales and quantises finished sums, or passes partial sums
// through, and packs the results into packets for the return bus.
//
// Latency: a column taken in cycle t occupies the unit for K = ceil(rows / VALUES) cycles; its bytes join the
// waiting ones in t + K - 1. Throughput: one column every K cycles. An emitted value is OUT_BITS wide, a
// spilled one ACC_BITS; the values of a column follow each other without gaps, from bit 0 of its first byte
// up, and columns start at bytes.
// Parameters: VALUES: sums quantised per cycle; arithmetic as in lns_quantise; packets as in pe_packets.
// Ports: column_*: the finished column at the front of the queue; take: it is taken.
// C++ twin: models/compute/ppu.cpp.
module pe_ppu #(
    parameter int LANES           = 4,
    parameter int ACC_BITS        = 24,
    parameter int LSB_OCTAVE      = 13,
    parameter int LOG2_GRID       = 3,
    parameter int QUANTISER_BITS  = 9,
    parameter logic [(1<<LOG2_GRID)*(QUANTISER_BITS+1)-1:0] THRESHOLDS =
        {(1 << LOG2_GRID) {(QUANTISER_BITS + 1)'(3 << (QUANTISER_BITS - 2))}},
    parameter int B_OUT           = 8,
    parameter int LOG2_GAMMA_OUT  = 3,
    parameter int ZERO_OUT        = 1,
    parameter int FLUSH           = 0,
    parameter int VALUES          = 4,
    parameter int WIDTH           = 16,
    parameter int BANKS           = 8,
    parameter int BANK_BYTES      = 8,
    parameter int ADDRESS_BITS    = 32,
    localparam int OUT_BITS       = B_OUT + (ZERO_OUT == 2 ? 1 : 0),
    localparam int ROW_BITS       = $clog2(LANES + 1)
) (
    input  logic                      clk,
    input  logic                      reset,
    input  logic                      column_valid,
    input  logic [ADDRESS_BITS-1:0]   column_address,
    input  logic [15:0]               column_bytes,
    input  logic [ROW_BITS-1:0]       column_rows,
    input  logic [31:0]               column_ordinal,
    input  logic signed [31:0]        column_scale,
    input  logic                      column_emits,
    input  logic                      column_last,
    input  logic [LANES*ACC_BITS-1:0] column_sums,
    output logic                      take,
    input  logic                      packet_room,
    output logic                      packet,
    output logic [ADDRESS_BITS-1:0]   packet_address,
    output logic [15:0]               packet_bytes,
    output logic [31:0]               packet_ordinal,
    output logic                      packet_last,
    output logic [8*WIDTH-1:0]        packet_data,
    output logic [ROW_BITS-1:0]       count_values
);
  localparam int AT_ONCE      = VALUES < LANES ? VALUES : LANES;
  localparam int STEPS        = (LANES + AT_ONCE - 1) / AT_ONCE;
  localparam int VALUE_BITS   = ACC_BITS > OUT_BITS ? ACC_BITS : OUT_BITS;
  localparam int COLUMN_BYTES = (LANES * VALUE_BITS + 7) / 8;

  // The column worked on: the one that is taken, in the cycle in which it is.
  logic working, room;
  logic [ROW_BITS-1:0] held_rows, rows, rows_done;
  logic signed [31:0] held_scale, scale;
  logic held_emits, emits, held_last;
  logic [ADDRESS_BITS-1:0] held_address;
  logic [15:0] held_bytes;
  logic [31:0] held_ordinal;
  logic [LANES*ACC_BITS-1:0] held_sums, sums;
  logic [STEPS*AT_ONCE*ACC_BITS-1:0] padded_sums;
  assign take = column_valid & ~working & room;
  assign rows = working ? held_rows : column_rows;
  assign scale = working ? held_scale : column_scale;
  assign emits = working ? held_emits : column_emits;
  assign sums = working ? held_sums : column_sums;
  assign padded_sums = (STEPS * AT_ONCE * ACC_BITS)'(sums);

  // The values of this cycle, and those before them.
  logic [AT_ONCE*OUT_BITS-1:0] step_codes;
  logic [STEPS*AT_ONCE*OUT_BITS-1:0] held_codes, codes;
  logic [ROW_BITS-1:0] first_row;
  assign first_row = working ? rows_done : '0;
  generate
    for (genvar i = 0; i < AT_ONCE; i = i + 1) begin : g_value
      logic [ACC_BITS-1:0] sum;
      if (STEPS == 1) begin : g_one_step
        assign sum = padded_sums[i*ACC_BITS+:ACC_BITS];
      end else begin : g_steps
        assign sum = ACC_BITS'(padded_sums >> ((32'(first_row) + i) * ACC_BITS));
      end
      logic unused_saturated, unused_clamped, unused_flushed;
      lns_quantise #(
          .SUM_BITS(ACC_BITS), .LSB_OCTAVE(LSB_OCTAVE), .LOG2_GRID(LOG2_GRID),
          .QUANTISER_BITS(QUANTISER_BITS), .THRESHOLDS(THRESHOLDS), .B_OUT(B_OUT),
          .LOG2_GAMMA_OUT(LOG2_GAMMA_OUT), .ZERO_OUT(ZERO_OUT), .FLUSH(FLUSH)
      ) quantise (
          .sum(sum), .offset(scale), .code(step_codes[i*OUT_BITS+:OUT_BITS]),
          .saturated(unused_saturated), .clamped(unused_clamped), .flushed(unused_flushed));
    end
    for (genvar i = 0; i < STEPS; i = i + 1) begin : g_step
      assign codes[i*AT_ONCE*OUT_BITS+:AT_ONCE*OUT_BITS] =
          32'(first_row) == i * AT_ONCE ? step_codes : held_codes[i*AT_ONCE*OUT_BITS+:AT_ONCE*OUT_BITS];
    end
  endgenerate

  // The column as it is packed: nothing beyond its rows.
  logic finishes;
  logic [8*COLUMN_BYTES-1:0] emitted, spilled;
  assign finishes = (working | take) & (32'(first_row) + AT_ONCE >= 32'(rows));
  assign count_values = finishes & emits ? rows : '0;
  always_comb begin
    emitted = '0;
    spilled = '0;
    for (int i = 0; i < LANES; i = i + 1) begin
      if (ROW_BITS'(i) < rows) begin
        emitted[i*OUT_BITS+:OUT_BITS] = codes[i*OUT_BITS+:OUT_BITS];
        spilled[i*ACC_BITS+:ACC_BITS] = sums[i*ACC_BITS+:ACC_BITS];
      end
    end
  end

  always_ff @(posedge clk) begin
    if (take) begin
      held_rows <= column_rows;
      held_scale <= column_scale;
      held_emits <= column_emits;
      held_last <= column_last;
      held_address <= column_address;
      held_bytes <= column_bytes;
      held_ordinal <= column_ordinal;
      held_sums <= column_sums;
    end
    rows_done <= first_row + ROW_BITS'(AT_ONCE);
    held_codes <= codes;
    if (reset) working <= 1'b0;
    else working <= (working | take) & ~finishes;
  end

  pe_packets #(
      .WIDTH(WIDTH), .BANKS(BANKS), .BANK_BYTES(BANK_BYTES), .COLUMN_BYTES(COLUMN_BYTES),
      .ADDRESS_BITS(ADDRESS_BITS)
  ) packets (
      .clk(clk), .reset(reset), .takes(room), .column(finishes),
      .column_address(working ? held_address : column_address),
      .column_bytes(working ? held_bytes : column_bytes),
      .column_ordinal(working ? held_ordinal : column_ordinal),
      .column_last(working ? held_last : column_last), .column_data(emits ? emitted : spilled),
      .packet_room(packet_room), .packet(packet), .packet_address(packet_address),
      .packet_bytes(packet_bytes), .packet_ordinal(packet_ordinal), .packet_last(packet_last),
      .packet_data(packet_data));
endmodule
