// pe_sequencer: runs the passes of a PE in its lanes: restores the collector where a block asks for it, then
// issues a beat per column of B, stalled while the queue to the post-processing unit is full.
//
// Latency and throughput, with P = PIPELINE_STAGES, C = ceil(bits of a B vector / (8 * PORT_B_BYTES)) and Q =
// ceil(bytes of a column of sums / PORT_A_BYTES):
//   a pass starts in the cycle in which it is fetched and the last one has ended; its first beat is issued in that
//   cycle, the others C cycles later each, and it ends C cycles after its last beat;
//   a block that is restored starts columns * Q cycles after it is fetched and the last beat has left the pipeline (P
//   cycles after its pass has ended).
// Parameters: COLUMN_BITS: of an index into the collector; START, END encoded as SumStart and SumEnd.
// Ports: pass_*: the fetched pass; starts: it leaves the fetch; active: a pass is in the lanes in this cycle;
// beat_*: a beat is issued; column_*: the finished column that a beat will become; restore_*: a read of
// partial sums, part by part; counts: strobes and figures for pe_event_counts.
// C++ twin: end_pass, start_pass, issue_beats in models/compute/pe.cpp.
module pe_sequencer #(
    parameter int LANES           = 4,
    parameter int VECTOR_BITS_B   = 64,
    parameter int ACC_BITS        = 24,
    parameter int OUT_BITS        = 8,
    parameter int PORT_A_BYTES    = 32,
    parameter int PORT_B_BYTES    = 8,
    parameter int PIPELINE_STAGES = 5,
    parameter int COLUMN_BITS     = 3,
    parameter int COUNT_BITS      = 16,
    parameter int WORD_BITS       = 16,
    parameter int ADDRESS_BITS    = 32,
    localparam int ROW_BITS       = $clog2(LANES + 1)
) (
    input  logic                    clk,
    input  logic                    reset,
    input  logic                    pass_ready,
    input  logic                    pass_bank,
    input  logic [ROW_BITS-1:0]     pass_rows,
    input  logic [COUNT_BITS-1:0]   pass_vector,
    input  logic                    pass_opens_task,
    input  logic                    pass_closes_block,
    input  logic                    pass_closes_task,
    input  logic [COLUMN_BITS:0]    pass_columns,
    input  logic [1:0]              pass_start,
    input  logic [1:0]              pass_end,
    input  logic                    pass_slot_b,
    input  logic [WORD_BITS-1:0]    pass_word_b,
    input  logic [WORD_BITS-1:0]    pass_stride_b,
    input  logic [31:0]             pass_ordinal,
    input  logic signed [31:0]      pass_scale,
    input  logic [ADDRESS_BITS-1:0] pass_address,
    input  logic                    column_room,
    output logic                    starts,
    output logic                    active,
    output logic                    consumed,
    output logic                    produced,
    output logic [31:0]             ordinal,
    output logic                    beat,
    output logic                    beat_bank,
    output logic                    beat_first,
    output logic [COLUMN_BITS-1:0]  beat_column,
    output logic [ROW_BITS-1:0]     beat_rows,
    output logic                    b_slot,
    output logic [WORD_BITS-1:0]    b_word,
    output logic                    column,
    output logic [ADDRESS_BITS-1:0] column_address,
    output logic [15:0]             column_bytes,
    output logic [31:0]             column_ordinal,
    output logic signed [31:0]      column_scale,
    output logic                    column_emits,
    output logic                    column_last,
    output logic                    restore,
    output logic                    restore_done,
    output logic [COLUMN_BITS-1:0]  restore_column,
    output logic [WORD_BITS-1:0]    restore_word,
    output logic [COUNT_BITS-1:0]   restore_part,
    output logic                    restore_begins,
    output logic [COLUMN_BITS:0]    count_columns,
    output logic [15:0]             count_sum_bytes
);
  localparam int BEAT_CYCLES = (VECTOR_BITS_B + 8 * PORT_B_BYTES - 1) / (8 * PORT_B_BYTES);
  localparam int WAIT_BITS   = $clog2(BEAT_CYCLES + 1);
  localparam int DRAIN_BITS  = $clog2(PIPELINE_STAGES + 1);
  localparam logic [1:0] START_ZERO = 2'd1, START_RESTORE = 2'd2, END_KEEP = 2'd0, END_EMIT = 2'd2;

  // The pass in the lanes.
  logic in_lanes, opens_block, closes_block, closes_task, slot_b, bank;
  logic [ROW_BITS-1:0] rows;
  logic [COLUMN_BITS:0] columns, next_column;
  logic [1:0] start_of, end_of;
  logic [WORD_BITS-1:0] word_b, stride_b;
  logic [31:0] task_ordinal;
  logic signed [31:0] scale;
  logic [ADDRESS_BITS-1:0] address;  // of the next column
  logic [WAIT_BITS-1:0] wait_left;

  // 1 the last pass ends
  logic ends, remains;
  assign ends = in_lanes & wait_left == '0 & next_column == columns;
  assign remains = in_lanes & ~ends;
  assign consumed = ends & closes_task;
  assign produced = consumed & end_of == END_KEEP;
  assign ordinal = task_ordinal;

  logic [DRAIN_BITS-1:0] drain, drain_left;
  assign drain = ends ? DRAIN_BITS'(PIPELINE_STAGES) : drain_left;
  always_ff @(posedge clk) begin
    if (reset) drain_left <= '0;
    else drain_left <= drain == '0 ? '0 : drain - 1'b1;
  end

  // 2 the fetched one starts, once the collector is ready for it
  logic waits, pass_restores, restored, restoring;
  logic [15:0] pass_sum_bytes;
  assign pass_restores = pass_vector == '0 & pass_start == START_RESTORE;
  assign pass_sum_bytes = (16'(pass_rows) * 16'(ACC_BITS) + 16'd7) >> 3;
  assign waits = pass_ready & ~remains & pass_restores & ~restored;
  assign starts = pass_ready & ~remains & (~pass_restores | restored);
  assign active = remains | starts;

  logic [COLUMN_BITS-1:0] sum_column;
  logic [COUNT_BITS-1:0] sum_part;
  logic [WORD_BITS-1:0] sum_word;
  logic last_column;
  assign restore_begins = waits & ~restoring;
  assign restore = waits & drain == '0;
  assign restore_column = sum_column;
  assign restore_part = sum_part;
  assign restore_word = restore_begins & pass_opens_task ? '0 : sum_word;
  assign restore_done = restore & (32'(sum_part) + 32'd1) * PORT_A_BYTES >= 32'(pass_sum_bytes);
  assign last_column = (COLUMN_BITS + 1)'(sum_column) + 1'b1 == pass_columns;
  always_ff @(posedge clk) begin
    if (waits) sum_word <= restore_done ? restore_word + 1'b1 : restore_word;
    if (reset) begin
      restoring <= 1'b0;
      restored <= 1'b0;
      sum_column <= '0;
      sum_part <= '0;
    end else begin
      restoring <= waits;
      restored <= (restore_done & last_column) | (restored & ~starts);
      if (restore) sum_part <= restore_done ? '0 : sum_part + 1'b1;
      if (restore_done) sum_column <= last_column ? '0 : sum_column + 1'b1;
    end
  end

  // 3 a beat is issued; what is said of the pass holds in the cycle in which it starts, too
  logic now_opens, now_closes_block, now_closes_task, sends, free;
  logic [1:0] now_start, now_end;
  logic [COLUMN_BITS:0] now_column, now_columns;
  logic [ADDRESS_BITS-1:0] now_address;
  assign now_opens = starts ? pass_vector == '0 : opens_block;
  assign now_closes_block = starts ? pass_closes_block : closes_block;
  assign now_closes_task = starts ? pass_closes_task : closes_task;
  assign now_start = starts ? pass_start : start_of;
  assign now_end = starts ? pass_end : end_of;
  assign now_column = starts ? '0 : next_column;
  assign now_columns = starts ? pass_columns : columns;
  assign now_address = starts & pass_opens_task ? pass_address : address;
  assign beat_bank = starts ? pass_bank : bank;
  assign beat_rows = starts ? pass_rows : rows;
  assign b_slot = starts ? pass_slot_b : slot_b;
  assign b_word = starts ? pass_word_b + WORD_BITS'(pass_vector) : word_b;

  assign sends = now_closes_block & now_end != END_KEEP;
  assign free = starts | wait_left == '0;
  assign beat = active & free & (~sends | column_room);
  assign beat_first = now_opens & now_start == START_ZERO;
  assign beat_column = COLUMN_BITS'(now_column);
  assign column = beat & sends;
  assign column_address = now_address;
  assign column_emits = now_end == END_EMIT;
  assign column_bytes = (16'(beat_rows) * (column_emits ? 16'(OUT_BITS) : 16'(ACC_BITS)) + 16'd7) >> 3;
  assign column_ordinal = starts ? pass_ordinal : task_ordinal;
  assign column_scale = starts ? pass_scale : scale;
  assign column_last = now_closes_task & now_column + 1'b1 == now_columns;
  assign count_columns = pass_columns;
  assign count_sum_bytes = pass_sum_bytes;

  always_ff @(posedge clk) begin
    if (starts) begin
      opens_block <= now_opens;
      closes_block <= now_closes_block;
      closes_task <= now_closes_task;
      start_of <= now_start;
      end_of <= now_end;
      columns <= now_columns;
      rows <= beat_rows;
      bank <= beat_bank;
      slot_b <= b_slot;
      stride_b <= pass_stride_b;
      task_ordinal <= pass_ordinal;
      scale <= pass_scale;
    end
    if (active) begin
      next_column <= now_column + (COLUMN_BITS + 1)'(beat);
      word_b <= beat ? b_word + (starts ? pass_stride_b : stride_b) : b_word;
      address <= now_address + (column ? ADDRESS_BITS'(column_bytes) : '0);
    end
    if (reset) begin
      in_lanes <= 1'b0;
      wait_left <= '0;
    end else begin
      in_lanes <= active;
      if (beat) wait_left <= WAIT_BITS'(BEAT_CYCLES - 1);
      else if (wait_left != '0) wait_left <= wait_left - 1'b1;
    end
  end
endmodule
