// pe_buffers: BufferA and BufferB of a PE, two slots each, so that one is filled while the other is read.
//
// BufferA holds the stationary operand and, beside it, partial sums; BufferB the streamed operand. The operand bus
// writes them as they are read: operands vector by vector, word = (row or column) * vectors + vector; partial sums a
// word per block of rows and column, block by block, the sum of a lane at lane * ACC_BITS. A convolution's windows
// stand there one by one, which takes more room than the elements that they share.
//
// Latency: what is written in a cycle can be read in the next one; reads are combinational, into the registers of
// the lanes. Throughput: writes: WRITE_VECTORS vectors, or one column of sums, per cycle. Reads of A: up to
// ROWS_AT_ONCE vectors of consecutive rows, or one part of a vector, or one part of a column of sums, each no wider
// than the port of PORT_BYTES. Reads of B: a vector; the sequencer holds the port for as many cycles as its width
// asks for.
// Parameters: words per slot: A_WORDS and B_WORDS vectors, SUM_WORDS columns of sums (the program keeps operand and
// sums within the slot's bytes). Ports: write_target: 0 operand A, 1 operand B, 2 partial sums.
// C++ twin: models/compute/operand_buffers.h.
module pe_buffers #(
    parameter int LANES         = 4,
    parameter int VECTOR_BITS_A = 64,
    parameter int VECTOR_BITS_B = 64,
    parameter int ACC_BITS      = 24,
    parameter int A_WORDS       = 64,
    parameter int B_WORDS       = 64,
    parameter int SUM_WORDS     = 16,
    parameter int WRITE_VECTORS = 2,
    parameter int PORT_BYTES    = 32,
    parameter int ROWS_AT_ONCE  = 4,
    parameter int PARTS         = 1,
    parameter int COUNT_BITS    = 16,
    parameter int WORD_BITS     = 16,
    localparam int PART_BITS    = VECTOR_BITS_A / PARTS,
    localparam int PORT_BITS    = 8 * PORT_BYTES,
    localparam int SUM_BITS     = LANES * ACC_BITS,
    localparam int VECTOR_BITS  = VECTOR_BITS_A > VECTOR_BITS_B ? VECTOR_BITS_A : VECTOR_BITS_B,
    localparam int WRITE_BITS   = WRITE_VECTORS * VECTOR_BITS > SUM_BITS ? WRITE_VECTORS * VECTOR_BITS : SUM_BITS
) (
    input  logic                              clk,
    input  logic                              write,
    input  logic [1:0]                        write_target,
    input  logic                              write_slot,
    input  logic [WORD_BITS-1:0]              write_word,
    input  logic [WRITE_BITS-1:0]             write_data,
    input  logic                              a_slot,
    input  logic [WORD_BITS-1:0]              a_word,
    input  logic [WORD_BITS-1:0]              a_stride,
    input  logic [COUNT_BITS-1:0]             a_part,
    output logic [ROWS_AT_ONCE*PART_BITS-1:0] a_data,
    input  logic                              sum_slot,
    input  logic [WORD_BITS-1:0]              sum_word,
    input  logic [COUNT_BITS-1:0]             sum_part,
    output logic [PORT_BITS-1:0]              sum_data,
    input  logic                              b_slot,
    input  logic [WORD_BITS-1:0]              b_word,
    output logic [VECTOR_BITS_B-1:0]          b_data
);
  localparam int SUM_PARTS = (SUM_BITS + PORT_BITS - 1) / PORT_BITS;

  logic [ROWS_AT_ONCE*VECTOR_BITS_A-1:0] rows;
  pe_slots #(
      .WIDTH(VECTOR_BITS_A), .WORDS(A_WORDS), .WRITES(WRITE_VECTORS), .READS(ROWS_AT_ONCE), .WORD_BITS(WORD_BITS)
  ) a (
      .clk(clk), .write(write & write_target == 2'd0), .write_slot(write_slot), .write_word(write_word),
      .write_data(write_data[WRITE_VECTORS*VECTOR_BITS_A-1:0]), .read_slot(a_slot), .read_word(a_word),
      .read_stride(a_stride), .read_data(rows));

  pe_slots #(
      .WIDTH(VECTOR_BITS_B), .WORDS(B_WORDS), .WRITES(WRITE_VECTORS), .WORD_BITS(WORD_BITS)
  ) b (
      .clk(clk), .write(write & write_target == 2'd1), .write_slot(write_slot), .write_word(write_word),
      .write_data(write_data[WRITE_VECTORS*VECTOR_BITS_B-1:0]), .read_slot(b_slot), .read_word(b_word),
      .read_stride(WORD_BITS'(0)), .read_data(b_data));

  logic [SUM_BITS-1:0] column;
  pe_slots #(
      .WIDTH(SUM_BITS), .WORDS(SUM_WORDS), .WORD_BITS(WORD_BITS)
  ) sums (
      .clk(clk), .write(write & write_target == 2'd2), .write_slot(write_slot), .write_word(write_word),
      .write_data(write_data[SUM_BITS-1:0]), .read_slot(sum_slot), .read_word(sum_word), .read_stride(WORD_BITS'(0)),
      .read_data(column));

  // The parts that narrow ports read.
  generate
    if (PARTS == 1) begin : g_rows
      logic unused_part;
      assign unused_part = ^a_part;
      assign a_data = rows;
    end else begin : g_part
      assign a_data = PART_BITS'(rows >> (32'(a_part) * PART_BITS));
    end
    if (SUM_PARTS == 1) begin : g_column
      logic unused_part;
      assign unused_part = ^sum_part;
      assign sum_data = PORT_BITS'(column);
    end else begin : g_sum_part
      assign sum_data = PORT_BITS'(column >> (32'(sum_part) * PORT_BITS));
    end
  endgenerate
endmodule
