// pe_fetch: cuts a compute command into passes and fetches each pass's A vectors into the lane registers, one
// pass ahead of the lanes.
//
// A pass is one vector of the contraction for up to LANES rows; a command's passes run through the vectors
// and, outside them, through the blocks of rows. Latency: the fetch of a pass begins in the cycle in which the
// lanes take the last one (`starts`), or the command begins, and takes F = ceil(rows * vector bits / (8 *
// PORT_BYTES)) cycles: `ready` from the F-th cycle after it. The port reads one or more whole vectors per
// cycle, or a part of one: its width and a vector's are multiples of each other.
// Ports: begins, rows .. payload: a command; payload: what the lanes need to know about it; pass_*: the pass
// that is fetched, or being fetched; word, stride: of the first row that the port reads, and from row to row,
// in vectors; hold_*: where it goes.
// State: the command under way, the pass, the read under way. C++ twin: fetch_pass and next_pass in
// models/compute/pe.cpp.
module pe_fetch #(
    parameter int LANES       = 4,
    parameter int VECTOR_BITS = 64,
    parameter int PORT_BYTES  = 32,
    parameter int COUNT_BITS  = 16,
    parameter int WORD_BITS   = 16,
    parameter int PAYLOAD     = 8,
    localparam int ROW_BITS   = $clog2(LANES + 1)
) (
    input  logic                  clk,
    input  logic                  reset,
    input  logic                  begins,
    input  logic [COUNT_BITS-1:0] rows,
    input  logic [COUNT_BITS-1:0] vectors,
    input  logic                  slot,
    input  logic [WORD_BITS-1:0]  first_word,
    input  logic [WORD_BITS-1:0]  row_stride,
    input  logic [PAYLOAD-1:0]    payload,
    input  logic                  starts,
    output logic                  room,
    output logic                  pass_ready,
    output logic                  pass_bank,
    output logic [ROW_BITS-1:0]   pass_rows,
    output logic [COUNT_BITS-1:0] pass_vector,
    output logic                  pass_opens_task,
    output logic                  pass_closes_block,
    output logic                  pass_closes_task,
    output logic [PAYLOAD-1:0]    pass_payload,
    output logic                  pass_slot,
    output logic                  read_slot,
    output logic [WORD_BITS-1:0]  read_word,
    output logic [WORD_BITS-1:0]  read_stride,
    output logic                  hold_valid,
    output logic                  hold_bank,
    output logic [ROW_BITS-1:0]   hold_row,
    output logic [COUNT_BITS-1:0] hold_part
);
  localparam int PORT_BITS    = 8 * PORT_BYTES;
  localparam int ROWS_AT_ONCE = PORT_BITS > VECTOR_BITS ? PORT_BITS / VECTOR_BITS : 1;
  localparam int PARTS        = PORT_BITS < VECTOR_BITS ? VECTOR_BITS / PORT_BITS : 1;
  initial begin
    if (PORT_BITS % VECTOR_BITS != 0 && VECTOR_BITS % PORT_BITS != 0)
      $fatal(1, "the port's width and a vector's are no multiples of each other");
  end

  // The command whose passes are fetched: the one that begins, or the one under way.
  logic fetching;
  logic [COUNT_BITS-1:0] held_rows, held_vectors, rows_left, next_rows_left, vector;
  logic [WORD_BITS-1:0] held_stride, block_word;
  logic held_slot;
  logic [PAYLOAD-1:0] held_payload;

  logic [COUNT_BITS-1:0] now_rows, now_vectors, now_left, now_vector;
  logic [WORD_BITS-1:0] now_stride, now_block;
  logic now_slot;
  logic [PAYLOAD-1:0] now_payload;
  assign now_rows = begins ? rows : held_rows;
  assign now_vectors = begins ? vectors : held_vectors;
  assign now_left = begins ? rows : rows_left;
  assign now_vector = begins ? '0 : vector;
  assign now_stride = begins ? row_stride : held_stride;
  assign now_block = begins ? first_word : block_word;
  assign now_slot = begins ? slot : held_slot;
  assign now_payload = begins ? payload : held_payload;

  // Its next pass.
  logic full, fetches, closes_block, last_block;
  logic [ROW_BITS-1:0] next_rows;
  assign room = ~fetching & (~full | starts);
  assign fetches = begins | (fetching & (~full | starts));
  assign last_block = now_left <= COUNT_BITS'(LANES);
  assign next_rows = last_block ? ROW_BITS'(now_left) : ROW_BITS'(LANES);
  assign next_rows_left = now_left - COUNT_BITS'(next_rows);
  assign closes_block = now_vector + 1'b1 == now_vectors;

  always_ff @(posedge clk) begin
    if (begins) begin
      held_rows <= rows;
      held_vectors <= vectors;
      held_stride <= row_stride;
      held_slot <= slot;
      held_payload <= payload;
    end
    if (fetches) begin
      rows_left <= closes_block ? next_rows_left : now_left;
      vector <= closes_block ? '0 : now_vector + 1'b1;
      block_word <= closes_block ? now_block + WORD_BITS'(LANES) * now_stride : now_block;
      pass_bank <= ~pass_bank;
      pass_rows <= next_rows;
      pass_vector <= now_vector;
      pass_opens_task <= now_vector == '0 & now_left == now_rows;
      pass_closes_block <= closes_block;
      pass_closes_task <= closes_block & last_block;
      pass_payload <= now_payload;
      pass_slot <= now_slot;
    end
    if (reset) begin
      fetching <= 1'b0;
      full <= 1'b0;
      pass_bank <= 1'b0;
    end else begin
      if (fetches) fetching <= ~(closes_block & last_block);
      full <= fetches | (full & ~starts);
    end
  end

  // The read of its A vectors, the first group of which comes in the same cycle.
  logic reading, last_part, last_read;
  logic [ROW_BITS-1:0] row, rows_to_read;
  logic [COUNT_BITS-1:0] part;
  logic [WORD_BITS-1:0] word;
  assign pass_ready = full & ~reading;
  assign hold_valid = fetches | reading;
  assign hold_bank = fetches ? ~pass_bank : pass_bank;
  assign hold_row = fetches ? '0 : row;
  assign hold_part = fetches ? '0 : part;
  assign read_slot = now_slot;
  assign read_stride = now_stride;
  assign read_word = fetches ? now_block + WORD_BITS'(now_vector) : word;
  assign rows_to_read = fetches ? next_rows : pass_rows;
  assign last_part = hold_part == COUNT_BITS'(PARTS - 1);
  assign last_read = last_part & (32'(hold_row) + ROWS_AT_ONCE >= 32'(rows_to_read));

  always_ff @(posedge clk) begin
    if (hold_valid) begin
      row <= last_part ? hold_row + ROW_BITS'(ROWS_AT_ONCE) : hold_row;
      word <= last_part ? read_word + WORD_BITS'(ROWS_AT_ONCE) * read_stride : read_word;
      part <= last_part ? '0 : hold_part + 1'b1;
    end
    if (reset) reading <= 1'b0;
    else reading <= hold_valid & ~last_read;
  end
endmodule
