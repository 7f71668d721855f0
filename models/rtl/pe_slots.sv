// pe_slots: a memory of two slots, of WORDS words each, one of which is filled while the other is read.
//
// Latency: what is written in a cycle can be read in the next one; reads are combinational. Throughput: WRITES
// words in a row, from write_word on, and READS words at equal distances, read_stride apart, per cycle. Words
// beyond the slot are not written.
module pe_slots #(
    parameter int WIDTH      = 8,
    parameter int WORDS      = 16,
    parameter int WRITES     = 1,
    parameter int READS      = 1,
    parameter int WORD_BITS  = 16
) (
    input  logic                    clk,
    input  logic                    write,
    input  logic                    write_slot,
    input  logic [WORD_BITS-1:0]    write_word,
    input  logic [WRITES*WIDTH-1:0] write_data,
    input  logic                    read_slot,
    input  logic [WORD_BITS-1:0]    read_word,
    input  logic [WORD_BITS-1:0]    read_stride,
    output logic [READS*WIDTH-1:0]  read_data
);
  localparam int ADDRESS_BITS = $clog2(2 * WORDS);

  logic [WIDTH-1:0] words[2*WORDS];

  // Words of slot 1 lie behind those of slot 0.
  always_ff @(posedge clk) begin
    for (int i = 0; i < WRITES; i = i + 1) begin
      if (write && 32'(write_word) + i < WORDS)
        words[(write_slot ? ADDRESS_BITS'(WORDS) : '0) + ADDRESS_BITS'(write_word) + ADDRESS_BITS'(i)] <=
            write_data[i*WIDTH+:WIDTH];
    end
  end
  generate
    for (genvar i = 0; i < READS; i = i + 1) begin : g_read
      logic [ADDRESS_BITS-1:0] place;
      assign place = (read_slot ? ADDRESS_BITS'(WORDS) : '0) + ADDRESS_BITS'(read_word) +
          ADDRESS_BITS'(i) * ADDRESS_BITS'(read_stride);
      assign read_data[i*WIDTH+:WIDTH] = words[place];
    end
    if (READS == 1 || WORD_BITS > ADDRESS_BITS) begin : g_unused
      logic unused_bits;
      assign unused_bits = ^{read_word, read_stride};
    end
  endgenerate
endmodule
