// pe_event_counts: what costs energy in a PE, counted in the cycle in which models/compute counts it:
// instrumentation, which nothing of the PE depends on. Combinational; each output is an amount of this cycle.
//
// Reads of a pass are counted when it starts, those of a restored block when its restore begins,
// multiplications of a command when it begins. Names and meanings: models/events.h.
module pe_event_counts #(
    parameter int LANES         = 4,
    parameter int V             = 8,
    parameter int VECTOR_BITS_A = 64,
    parameter int VECTOR_BITS_B = 64,
    parameter int COLUMN_BITS   = 3,
    parameter int COUNT_BITS    = 16,
    localparam int ROW_BITS     = $clog2(LANES + 1)
) (
    input  logic                  begins,
    input  logic [COUNT_BITS-1:0] rows,
    input  logic [COLUMN_BITS:0]  columns,
    input  logic [COUNT_BITS-1:0] vectors,
    input  logic [31:0]           useful_elements,
    input  logic                  restore_begins,
    input  logic                  starts,
    input  logic [ROW_BITS-1:0]   pass_rows,
    input  logic [COLUMN_BITS:0]  pass_columns,
    input  logic [15:0]           sum_bytes,
    input  logic                  spills,
    input  logic [15:0]           column_bytes,
    input  logic [ROW_BITS-1:0]   quantised,
    input  logic                  vector_takes,
    input  logic [31:0]           vector_operations,
    input  logic [31:0]           vector_input_bytes,
    output logic [31:0]           buffer_a_read_byte,
    output logic [31:0]           buffer_b_read_byte,
    output logic [63:0]           datapath_mac,
    output logic [63:0]           datapath_idle_mac,
    output logic [31:0]           collector_accumulate,
    output logic [31:0]           collector_transfer_byte,
    output logic [31:0]           ppu_value,
    output logic [31:0]           vector_unit_operation
);
  localparam int VECTOR_BYTES_B = (VECTOR_BITS_B + 7) / 8;

  localparam logic [63:0] LANES_WIDE = 64'(LANES);
  logic [63:0] blocks, slots, useful;
  assign blocks = (64'(rows) + LANES_WIDE - 64'd1) / LANES_WIDE;
  assign slots = blocks * 64'(LANES * V) * 64'(vectors) * 64'(columns);
  assign useful = 64'(rows) * 64'(columns) * 64'(useful_elements);
  assign datapath_mac = begins ? useful : '0;
  assign datapath_idle_mac = begins ? slots - useful : '0;

  logic [31:0] restored_bytes, pass_bytes_a, pass_bytes_b;
  assign restored_bytes = restore_begins ? 32'(pass_columns) * 32'(sum_bytes) : '0;
  assign pass_bytes_a = starts ? (32'(pass_rows) * 32'(VECTOR_BITS_A) + 32'd7) >> 3 : '0;
  assign pass_bytes_b = starts ? 32'(pass_columns) * 32'(VECTOR_BYTES_B) : '0;
  assign buffer_a_read_byte = restored_bytes + pass_bytes_a;
  assign buffer_b_read_byte = pass_bytes_b + (vector_takes ? vector_input_bytes : '0);
  assign collector_accumulate = starts ? 32'(pass_columns) * 32'(pass_rows) : '0;
  assign collector_transfer_byte = restored_bytes + (spills ? 32'(column_bytes) : '0);
  assign ppu_value = 32'(quantised);
  assign vector_unit_operation = vector_takes ? vector_operations : '0;
endmodule
