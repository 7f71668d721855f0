// pe_lane_registers: the A vectors that the lanes hold, in two banks: the lanes multiply from one while the fetch
// fills the other.
//
// Latency: what is written in a cycle is there in the next one. Throughput: as wide as the read port of BufferA:
// ROWS_AT_ONCE whole vectors per cycle, or one of PARTS parts of a vector.
module pe_lane_registers #(
    parameter int LANES        = 4,
    parameter int VECTOR_BITS  = 64,
    parameter int ROWS_AT_ONCE = 4,
    parameter int PARTS        = 1,
    parameter int COUNT_BITS   = 16,
    localparam int PART_BITS   = VECTOR_BITS / PARTS,
    localparam int ROW_BITS    = $clog2(LANES + 1)
) (
    input  logic                              clk,
    input  logic                              write,
    input  logic                              write_bank,
    input  logic [ROW_BITS-1:0]               write_row,
    input  logic [COUNT_BITS-1:0]             write_part,
    input  logic [ROWS_AT_ONCE*PART_BITS-1:0] write_data,
    input  logic                              read_bank,
    output logic [LANES*VECTOR_BITS-1:0]      held
);
  generate
    for (genvar lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
      // Which of the vectors that are written is this lane's.
      logic [31:0] place;
      logic [PARTS*PART_BITS-1:0] bank_0, bank_1;
      assign place = 32'(lane) - 32'(write_row);
      always_ff @(posedge clk) begin
        for (int i = 0; i < ROWS_AT_ONCE; i = i + 1) begin
          for (int part = 0; part < PARTS; part = part + 1) begin
            if (write && place == 32'(i) && write_part == COUNT_BITS'(part)) begin
              if (write_bank) bank_1[part*PART_BITS+:PART_BITS] <= write_data[i*PART_BITS+:PART_BITS];
              else bank_0[part*PART_BITS+:PART_BITS] <= write_data[i*PART_BITS+:PART_BITS];
            end
          end
        end
      end
      assign held[lane*VECTOR_BITS+:VECTOR_BITS] = read_bank ? bank_1 : bank_0;
    end
  endgenerate
endmodule
