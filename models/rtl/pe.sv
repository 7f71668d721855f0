// pe: a processing element: command queue, operand buffers, sequencer, vector lanes with their accumulation
// collectors, post-processing unit and vector unit. Logarithmic lanes.
//
// Latency, throughput: cycle for cycle those of models/compute/pe.h, ppu.h and vector_unit.h, with the queues of
// models/machine.cpp between the parts. Two limits: the read port of BufferA is a multiple of a vector's width or
// divides it; a beat takes its B vector in the cycle it is issued, whatever the width of BufferB's port, which shows
// as the cycles until the next beat.
//
// Parameters: LANES of V elements; operands, accumulator, rounding: lns_lane; ENTRIES >= 2 of a collector;
// BUFFER_*_BYTES, PORT_*_BYTES: capacity and read port of the buffers; WRITE_VECTORS: vectors the operand bus writes
// per cycle; QUEUE_DEPTH of the command queue; PIPELINE_STAGES of the lanes; QUANTISER_BITS .. FLUSH, THRESHOLDS:
// lns_quantise; PPU_*, VECTOR_*: PpuParameters and VectorUnitParameters; PACKET_ENTRIES that a packet output holds
// beside those in its pipeline; RETURN_BYTES, BANKS, BANK_BYTES: what a packet may be.
//
// Ports. command_*: one command for this PE, decoded: its own slice (models/compute/slice.h, which the sender
// evaluates) as rows, columns and vectors; where its rows of A and columns of B begin in their slots and how far they
// lie apart, in vectors; `empty`: no share for this PE; scale: what lns_quantise adds to the exponents. required and
// counters: as in pe_command, counters as they are seen in this cycle. write_*: as in pe_buffers. consumed, produced:
// this PE is done with the operands, and with the outputs that do not leave as packets, of a command: one port for
// the lanes and the vector unit's end, one for commands that are done at the head of the queue. *_packet_*: outputs;
// those of the vector unit carry no values. Events: as in pe_event_counts.
// C++ twin: models/compute (Pe, Ppu, VectorUnit), with models/machine.cpp for the queues.
module pe #(
    parameter int LANES             = 4,
    parameter int V                 = 8,
    parameter int ENTRIES           = 8,
    parameter int BUFFER_A_BYTES    = 4096,
    parameter int PORT_A_BYTES      = 32,
    parameter int BUFFER_B_BYTES    = 2048,
    parameter int PORT_B_BYTES      = 8,
    parameter int WRITE_VECTORS     = 4,
    parameter int QUEUE_DEPTH       = 8,
    parameter int PPU_VALUES        = 4,
    parameter int PPU_LATENCY       = 3,
    parameter int VECTOR_OPERATIONS = 8,
    parameter int VECTOR_LATENCY    = 3,
    parameter int PACKET_ENTRIES    = 4,
    parameter int RETURN_BYTES      = 16,
    parameter int BANKS             = 8,
    parameter int BANK_BYTES        = 8,
    parameter int B_A               = 8,
    parameter int LOG2_GAMMA_A      = 3,
    parameter int ZERO_A            = 1,
    parameter int B_B               = 8,
    parameter int LOG2_GAMMA_B      = 3,
    parameter int ZERO_B            = 1,
    parameter int LOG2_TABLE        = 3,
    parameter int CONSTANT_BITS     = 8,
    parameter int LSB_OCTAVES       = 19,
    parameter int TRUNCATE_AT       = 3,
    parameter int TRUNCATION        = 0,
    parameter int EXACT             = 0,
    parameter int ACC_BITS          = 24,
    parameter int OVERFLOW          = 0,
    parameter int PIPELINE_STAGES   = 5,
    parameter int QUANTISER_BITS    = 9,
    parameter int B_OUT             = 8,
    parameter int LOG2_GAMMA_OUT    = 3,
    parameter int ZERO_OUT          = 1,
    parameter int FLUSH             = 0,
    localparam int LOG2_GAMMA       = LOG2_GAMMA_A > LOG2_GAMMA_B ? LOG2_GAMMA_A : LOG2_GAMMA_B,
    localparam int LOG2_BINS        = LOG2_TABLE < LOG2_GAMMA ? LOG2_TABLE : LOG2_GAMMA,
    parameter logic [(1<<LOG2_BINS)*(CONSTANT_BITS+2)-1:0] CONSTANTS = '0,
    localparam int LOG2_GRID        = LOG2_GAMMA > LOG2_GAMMA_OUT ? LOG2_GAMMA : LOG2_GAMMA_OUT,
    parameter logic [(1<<LOG2_GRID)*(QUANTISER_BITS+1)-1:0] THRESHOLDS =
        {(1 << LOG2_GRID) {(QUANTISER_BITS + 1)'(3 << (QUANTISER_BITS - 2))}},
    localparam int OUT_BITS         = B_OUT + (ZERO_OUT == 2 ? 1 : 0),
    localparam int COUNT_BITS       = 16,
    localparam int WORD_BITS        = 16,
    localparam int ADDRESS_BITS     = 32,
    localparam int COUNTERS         = 6,
    localparam int COLUMN_BITS      = $clog2(ENTRIES),
    localparam int ROW_BITS         = $clog2(LANES + 1),
    localparam int VECTOR_BITS_A    = V * (B_A + (ZERO_A == 2 ? 1 : 0)),
    localparam int VECTOR_BITS_B    = V * (B_B + (ZERO_B == 2 ? 1 : 0)),
    localparam int VECTOR_BITS      = VECTOR_BITS_A > VECTOR_BITS_B ? VECTOR_BITS_A : VECTOR_BITS_B,
    localparam int SUM_BITS         = LANES * ACC_BITS,
    localparam int WRITE_BITS       = WRITE_VECTORS * VECTOR_BITS > SUM_BITS ? WRITE_VECTORS * VECTOR_BITS : SUM_BITS
) (
    input  logic                      clk,
    input  logic                      reset,

    output logic                      command_ready,
    input  logic                      command_valid,
    input  logic                      command_vector_work,
    input  logic                      command_empty,
    input  logic [31:0]               command_ordinal,
    input  logic [COUNTERS*32-1:0]    command_required,
    input  logic [ADDRESS_BITS-1:0]   command_output_address,
    input  logic                      command_slot_a,
    input  logic                      command_slot_b,
    input  logic [COUNT_BITS-1:0]     command_rows,
    input  logic [COLUMN_BITS:0]      command_columns,
    input  logic [COUNT_BITS-1:0]     command_vectors,
    input  logic [1:0]                command_start,
    input  logic [1:0]                command_end,
    input  logic [WORD_BITS-1:0]      command_word_a,
    input  logic [WORD_BITS-1:0]      command_stride_a,
    input  logic [WORD_BITS-1:0]      command_word_b,
    input  logic [WORD_BITS-1:0]      command_stride_b,
    input  logic [31:0]               command_useful_elements,
    input  logic signed [31:0]        command_scale,
    input  logic [31:0]               command_operations,
    input  logic [31:0]               command_input_bytes,
    input  logic [31:0]               command_output_bytes,

    input  logic [COUNTERS*32-1:0]    counters,

    input  logic                      write,
    input  logic [1:0]                write_target,
    input  logic                      write_slot,
    input  logic [WORD_BITS-1:0]      write_word,
    input  logic [WRITE_BITS-1:0]     write_data,

    output logic                      lanes_consumed,
    output logic                      lanes_produced,
    output logic [31:0]               lanes_ordinal,
    output logic                      head_consumed,
    output logic                      head_produced,
    output logic [31:0]               head_ordinal,

    output logic                      ppu_packet_valid,
    input  logic                      ppu_packet_ready,
    output logic [ADDRESS_BITS-1:0]   ppu_packet_address,
    output logic [15:0]               ppu_packet_bytes,
    output logic [31:0]               ppu_packet_ordinal,
    output logic                      ppu_packet_last,
    output logic [8*RETURN_BYTES-1:0] ppu_packet_data,
    output logic                      vector_packet_valid,
    input  logic                      vector_packet_ready,
    output logic [ADDRESS_BITS-1:0]   vector_packet_address,
    output logic [15:0]               vector_packet_bytes,
    output logic [31:0]               vector_packet_ordinal,
    output logic                      vector_packet_last,

    output logic [31:0]               buffer_a_read_byte,
    output logic [31:0]               buffer_b_read_byte,
    output logic [63:0]               datapath_mac,
    output logic [63:0]               datapath_idle_mac,
    output logic [31:0]               collector_accumulate,
    output logic [31:0]               collector_transfer_byte,
    output logic [31:0]               ppu_value,
    output logic [31:0]               vector_unit_operation
);
  localparam int PORT_A_BITS  = 8 * PORT_A_BYTES;
  localparam int ROWS_AT_ONCE = PORT_A_BITS > VECTOR_BITS_A ? PORT_A_BITS / VECTOR_BITS_A : 1;
  localparam int PARTS        = PORT_A_BITS < VECTOR_BITS_A ? VECTOR_BITS_A / PORT_A_BITS : 1;
  localparam int PART_BITS    = VECTOR_BITS_A / PARTS;
  localparam int COLUMN_QUEUE = PIPELINE_STAGES + 4;

  // The command queue. What the lanes need to know of a compute command travels with its passes.
  localparam int PAYLOAD  = COLUMN_BITS + 1 + 2 + 2 + 1 + 2 * WORD_BITS + 32 + 32 + ADDRESS_BITS;
  localparam int FETCHED  = 1 + 2 * COUNT_BITS + 2 * WORD_BITS;
  localparam int REST     = 2 + COUNTERS * 32 + 32 + 3 * 32;
  logic [PAYLOAD-1:0] head_payload, pass_payload;
  logic head_valid, head_vector_work, head_empty, head_slot_a, pop;
  logic [COUNTERS*32-1:0] head_required;
  logic [COUNT_BITS-1:0] head_rows, head_vectors;
  logic [WORD_BITS-1:0] head_word_a, head_stride_a;
  logic [31:0] head_useful_elements, head_operations, head_input_bytes, head_output_bytes;
  channel #(.WIDTH(PAYLOAD + FETCHED + REST), .CAPACITY(QUEUE_DEPTH)) commands (
      .clk(clk), .reset(reset), .can_push(command_ready), .push(command_valid & command_ready),
      .push_data({command_columns, command_start, command_end, command_slot_b, command_word_b,
                  command_stride_b, command_ordinal, command_scale, command_output_address,
                  command_slot_a, command_rows, command_vectors, command_word_a, command_stride_a,
                  command_vector_work, command_empty, command_required, command_useful_elements,
                  command_operations, command_input_bytes, command_output_bytes}),
      .valid(head_valid),
      .front({head_payload, head_slot_a, head_rows, head_vectors, head_word_a, head_stride_a,
              head_vector_work, head_empty, head_required, head_useful_elements, head_operations,
              head_input_bytes, head_output_bytes}),
      .pop(pop));

  logic [COLUMN_BITS:0] head_columns;
  logic [ADDRESS_BITS-1:0] head_output_address;
  assign head_columns = head_payload[PAYLOAD-1-:COLUMN_BITS+1];
  assign head_ordinal = head_payload[ADDRESS_BITS+32+:32];
  assign head_output_address = head_payload[ADDRESS_BITS-1:0];

  logic room, active, vector_end, begin_compute, begin_vector;
  pe_command #(.COUNTERS(COUNTERS), .COUNTER_BITS(32)) command (
      .clk(clk), .reset(reset), .valid(head_valid), .vector_work(head_vector_work), .empty(head_empty),
      .outputs(head_output_bytes != '0), .required(head_required), .counters(counters), .room(room),
      .lanes_active(active), .vector_end(vector_end), .pop(pop), .begin_compute(begin_compute),
      .begin_vector(begin_vector), .consumed(head_consumed), .produced(head_produced));

  // Operand fetch.
  logic starts, pass_ready, pass_bank, pass_opens_task, pass_closes_block, pass_closes_task, pass_slot_a;
  logic [ROW_BITS-1:0] pass_rows, hold_row;
  logic [COUNT_BITS-1:0] pass_vector, hold_part;
  logic read_slot, hold, hold_bank;
  logic [WORD_BITS-1:0] read_word, read_stride;
  pe_fetch #(
      .LANES(LANES), .VECTOR_BITS(VECTOR_BITS_A), .PORT_BYTES(PORT_A_BYTES), .COUNT_BITS(COUNT_BITS),
      .WORD_BITS(WORD_BITS), .PAYLOAD(PAYLOAD)
  ) fetch (
      .clk(clk), .reset(reset), .begins(begin_compute), .rows(head_rows), .vectors(head_vectors),
      .slot(head_slot_a), .first_word(head_word_a), .row_stride(head_stride_a), .payload(head_payload),
      .starts(starts), .room(room), .pass_ready(pass_ready), .pass_bank(pass_bank), .pass_rows(pass_rows),
      .pass_vector(pass_vector), .pass_opens_task(pass_opens_task), .pass_closes_block(pass_closes_block),
      .pass_closes_task(pass_closes_task), .pass_payload(pass_payload), .pass_slot(pass_slot_a),
      .read_slot(read_slot), .read_word(read_word), .read_stride(read_stride), .hold_valid(hold),
      .hold_bank(hold_bank), .hold_row(hold_row), .hold_part(hold_part));

  // Sequencer.
  logic [COLUMN_BITS:0] pass_columns, count_columns;
  logic [1:0] pass_start, pass_end;
  logic pass_slot_b;
  logic [WORD_BITS-1:0] pass_word_b, pass_stride_b;
  logic [31:0] pass_ordinal;
  logic signed [31:0] pass_scale;
  logic [ADDRESS_BITS-1:0] pass_address;
  assign {pass_columns, pass_start, pass_end, pass_slot_b, pass_word_b, pass_stride_b, pass_ordinal,
          pass_scale, pass_address} = pass_payload;

  logic beat, beat_bank, beat_first, b_slot, column_room, column, column_emits, column_last, task_consumed;
  logic [COLUMN_BITS-1:0] beat_column, restore_column;
  logic [ROW_BITS-1:0] beat_rows;
  logic [WORD_BITS-1:0] b_word, restore_word;
  logic [ADDRESS_BITS-1:0] column_address;
  logic [15:0] column_bytes, count_sum_bytes;
  logic [31:0] column_ordinal, task_ordinal;
  logic signed [31:0] column_scale;
  logic restore, restore_done, restore_begins;
  logic [COUNT_BITS-1:0] restore_part;
  pe_sequencer #(
      .LANES(LANES), .VECTOR_BITS_B(VECTOR_BITS_B), .ACC_BITS(ACC_BITS), .OUT_BITS(OUT_BITS),
      .PORT_A_BYTES(PORT_A_BYTES), .PORT_B_BYTES(PORT_B_BYTES), .PIPELINE_STAGES(PIPELINE_STAGES),
      .COLUMN_BITS(COLUMN_BITS), .COUNT_BITS(COUNT_BITS), .WORD_BITS(WORD_BITS), .ADDRESS_BITS(ADDRESS_BITS)
  ) sequencer (
      .clk(clk), .reset(reset), .pass_ready(pass_ready), .pass_bank(pass_bank), .pass_rows(pass_rows),
      .pass_vector(pass_vector), .pass_opens_task(pass_opens_task), .pass_closes_block(pass_closes_block),
      .pass_closes_task(pass_closes_task), .pass_columns(pass_columns), .pass_start(pass_start),
      .pass_end(pass_end), .pass_slot_b(pass_slot_b), .pass_word_b(pass_word_b),
      .pass_stride_b(pass_stride_b), .pass_ordinal(pass_ordinal), .pass_scale(pass_scale),
      .pass_address(pass_address), .column_room(column_room), .starts(starts), .active(active),
      .consumed(task_consumed), .produced(lanes_produced), .ordinal(task_ordinal), .beat(beat),
      .beat_bank(beat_bank), .beat_first(beat_first), .beat_column(beat_column), .beat_rows(beat_rows),
      .b_slot(b_slot), .b_word(b_word), .column(column), .column_address(column_address),
      .column_bytes(column_bytes), .column_ordinal(column_ordinal), .column_scale(column_scale),
      .column_emits(column_emits), .column_last(column_last), .restore(restore),
      .restore_done(restore_done), .restore_column(restore_column), .restore_word(restore_word),
      .restore_part(restore_part), .restore_begins(restore_begins), .count_columns(count_columns),
      .count_sum_bytes(count_sum_bytes));

  // Buffers and lanes.
  logic [ROWS_AT_ONCE*PART_BITS-1:0] a_data;
  logic [8*PORT_A_BYTES-1:0] sum_data;
  logic [VECTOR_BITS_B-1:0] b_data;
  pe_buffers #(
      .LANES(LANES), .VECTOR_BITS_A(VECTOR_BITS_A), .VECTOR_BITS_B(VECTOR_BITS_B), .ACC_BITS(ACC_BITS),
      .A_WORDS(4 * BUFFER_A_BYTES / VECTOR_BITS_A), .B_WORDS(4 * BUFFER_B_BYTES / VECTOR_BITS_B),
      .SUM_WORDS(4 * BUFFER_A_BYTES / SUM_BITS), .WRITE_VECTORS(WRITE_VECTORS), .PORT_BYTES(PORT_A_BYTES),
      .ROWS_AT_ONCE(ROWS_AT_ONCE), .PARTS(PARTS), .COUNT_BITS(COUNT_BITS), .WORD_BITS(WORD_BITS)
  ) buffers (
      .clk(clk), .write(write), .write_target(write_target), .write_slot(write_slot),
      .write_word(write_word), .write_data(write_data), .a_slot(read_slot), .a_word(read_word),
      .a_stride(read_stride), .a_part(hold_part), .a_data(a_data), .sum_slot(pass_slot_a),
      .sum_word(restore_word), .sum_part(restore_part), .sum_data(sum_data), .b_slot(b_slot),
      .b_word(b_word), .b_data(b_data));

  logic sums_valid;
  logic [SUM_BITS-1:0] sums, front_sums;
  pe_lanes #(
      .LANES(LANES), .V(V), .B_A(B_A), .LOG2_GAMMA_A(LOG2_GAMMA_A), .ZERO_A(ZERO_A), .B_B(B_B),
      .LOG2_GAMMA_B(LOG2_GAMMA_B), .ZERO_B(ZERO_B), .LOG2_TABLE(LOG2_TABLE), .CONSTANT_BITS(CONSTANT_BITS),
      .LSB_OCTAVES(LSB_OCTAVES), .TRUNCATE_AT(TRUNCATE_AT), .TRUNCATION(TRUNCATION), .EXACT(EXACT),
      .ACC_BITS(ACC_BITS), .OVERFLOW(OVERFLOW), .ENTRIES(ENTRIES),
      .PIPELINE_STAGES(PIPELINE_STAGES), .PORT_BYTES(PORT_A_BYTES), .ROWS_AT_ONCE(ROWS_AT_ONCE),
      .PARTS(PARTS), .COUNT_BITS(COUNT_BITS), .CONSTANTS(CONSTANTS)
  ) lanes (
      .clk(clk), .reset(reset), .hold(hold), .hold_bank(hold_bank), .hold_row(hold_row),
      .hold_part(hold_part), .hold_data(a_data), .beat(beat), .bank(beat_bank), .first(beat_first),
      .column(beat_column), .rows(beat_rows), .sends(column), .b(b_data), .restore(restore),
      .restore_done(restore_done), .restore_column(restore_column), .restore_part(restore_part),
      .restore_data(sum_data), .sums_valid(sums_valid), .sums(sums));

  // Finished columns: what is known of them when their beat is issued, and their sums, which come through the lanes'
  // pipeline at the same time.
  logic front_valid, front_emits, front_last, take;
  logic [ADDRESS_BITS-1:0] front_address;
  logic [15:0] front_bytes;
  logic [ROW_BITS-1:0] front_rows;
  logic [31:0] front_ordinal;
  logic signed [31:0] front_scale;
  channel #(
      .WIDTH(ADDRESS_BITS + 16 + ROW_BITS + 32 + 32 + 2), .CAPACITY(COLUMN_QUEUE),
      .LATENCY(PIPELINE_STAGES + 1)
  ) columns (
      .clk(clk), .reset(reset), .can_push(column_room), .push(column),
      .push_data({column_address, column_bytes, beat_rows, column_ordinal, column_scale, column_emits,
                  column_last}),
      .valid(front_valid),
      .front({front_address, front_bytes, front_rows, front_ordinal, front_scale, front_emits, front_last}),
      .pop(take));
  fall_through #(.WIDTH(SUM_BITS), .CAPACITY(COLUMN_QUEUE)) column_sums (
      .clk(clk), .reset(reset), .push(sums_valid), .push_data(sums), .front(front_sums), .pop(take));

  // Post-processing unit.
  // Weight of the sums' bit 0, as lns_lane has it.
  localparam int LARGEST = (((1 << (B_A - 1)) - 1) << (LOG2_GAMMA - LOG2_GAMMA_A)) +
                           (((1 << (B_B - 1)) - 1) << (LOG2_GAMMA - LOG2_GAMMA_B));
  localparam int LAST_BIT = (LOG2_BINS == LOG2_GAMMA ? 0 : LOG2_GAMMA) + CONSTANT_BITS;
  localparam int LSB_OCTAVE =
      EXACT != 0 ? -LAST_BIT : ((LARGEST + (1 << LOG2_GAMMA) - 1) >> LOG2_GAMMA) - LSB_OCTAVES;
  localparam int PACKET_BITS = ADDRESS_BITS + 16 + 32 + 1;
  logic packet_room, packet, packet_last;
  logic [ADDRESS_BITS-1:0] packet_address;
  logic [15:0] packet_bytes;
  logic [31:0] packet_ordinal;
  logic [8*RETURN_BYTES-1:0] packet_data;
  logic [ROW_BITS-1:0] count_values;
  pe_ppu #(
      .LANES(LANES), .ACC_BITS(ACC_BITS), .LSB_OCTAVE(LSB_OCTAVE), .LOG2_GRID(LOG2_GRID),
      .QUANTISER_BITS(QUANTISER_BITS), .THRESHOLDS(THRESHOLDS), .B_OUT(B_OUT),
      .LOG2_GAMMA_OUT(LOG2_GAMMA_OUT), .ZERO_OUT(ZERO_OUT), .FLUSH(FLUSH), .VALUES(PPU_VALUES),
      .WIDTH(RETURN_BYTES), .BANKS(BANKS), .BANK_BYTES(BANK_BYTES), .ADDRESS_BITS(ADDRESS_BITS)
  ) ppu (
      .clk(clk), .reset(reset), .column_valid(front_valid), .column_address(front_address),
      .column_bytes(front_bytes), .column_rows(front_rows), .column_ordinal(front_ordinal),
      .column_scale(front_scale), .column_emits(front_emits), .column_last(front_last),
      .column_sums(front_sums), .take(take), .packet_room(packet_room), .packet(packet),
      .packet_address(packet_address), .packet_bytes(packet_bytes), .packet_ordinal(packet_ordinal),
      .packet_last(packet_last), .packet_data(packet_data), .count_values(count_values));
  channel #(
      .WIDTH(PACKET_BITS + 8 * RETURN_BYTES), .CAPACITY(PACKET_ENTRIES + PPU_LATENCY), .LATENCY(PPU_LATENCY)
  ) ppu_packets (
      .clk(clk), .reset(reset), .can_push(packet_room), .push(packet),
      .push_data({packet_address, packet_bytes, packet_ordinal, packet_last, packet_data}),
      .valid(ppu_packet_valid),
      .front({ppu_packet_address, ppu_packet_bytes, ppu_packet_ordinal, ppu_packet_last, ppu_packet_data}),
      .pop(ppu_packet_valid & ppu_packet_ready));

  // Vector unit.
  logic task_valid, task_takes, unit_ends, vector_room, vector_packet, vector_last, unused_room;
  logic [31:0] task_operations, task_input_bytes, task_output_bytes, task_vector_ordinal, unit_ordinal;
  logic [ADDRESS_BITS-1:0] task_address, vector_address;
  logic [15:0] vector_bytes;
  channel #(.WIDTH(4 * 32 + ADDRESS_BITS), .CAPACITY(1)) vector_tasks (
      .clk(clk), .reset(reset), .can_push(unused_room), .push(begin_vector),
      .push_data({head_operations, head_input_bytes, head_output_bytes, head_ordinal, head_output_address}),
      .valid(task_valid),
      .front({task_operations, task_input_bytes, task_output_bytes, task_vector_ordinal, task_address}),
      .pop(task_takes));
  pe_vector_unit #(
      .RATE(VECTOR_OPERATIONS), .PORT_BYTES(PORT_B_BYTES), .WIDTH(RETURN_BYTES), .BANKS(BANKS),
      .BANK_BYTES(BANK_BYTES), .ADDRESS_BITS(ADDRESS_BITS)
  ) vector_unit (
      .clk(clk), .reset(reset), .task_valid(task_valid), .task_operations(task_operations),
      .task_input_bytes(task_input_bytes), .task_output_bytes(task_output_bytes),
      .task_address(task_address), .task_ordinal(task_vector_ordinal), .takes(task_takes),
      .ends(unit_ends), .ordinal(unit_ordinal), .packet_room(vector_room), .packet(vector_packet),
      .packet_address(vector_address), .packet_bytes(vector_bytes), .packet_last(vector_last));
  logic [31:0] ended_ordinal;
  always_ff @(posedge clk) begin
    vector_end <= unit_ends & ~reset;
    ended_ordinal <= unit_ordinal;
  end
  channel #(
      .WIDTH(PACKET_BITS), .CAPACITY(PACKET_ENTRIES + VECTOR_LATENCY), .LATENCY(VECTOR_LATENCY)
  ) vector_packets (
      .clk(clk), .reset(reset), .can_push(vector_room), .push(vector_packet),
      .push_data({vector_address, vector_bytes, unit_ordinal, vector_last}), .valid(vector_packet_valid),
      .front({vector_packet_address, vector_packet_bytes, vector_packet_ordinal, vector_packet_last}),
      .pop(vector_packet_valid & vector_packet_ready));

  // A pass and vector work never end in the same cycle: vector work begins only when the lanes are idle.
  assign lanes_consumed = task_consumed | vector_end;
  assign lanes_ordinal = vector_end ? ended_ordinal : task_ordinal;

  pe_event_counts #(
      .LANES(LANES), .V(V), .VECTOR_BITS_A(VECTOR_BITS_A), .VECTOR_BITS_B(VECTOR_BITS_B),
      .COLUMN_BITS(COLUMN_BITS), .COUNT_BITS(COUNT_BITS)
  ) counts (
      .begins(begin_compute), .rows(head_rows), .columns(head_columns), .vectors(head_vectors),
      .useful_elements(head_useful_elements), .restore_begins(restore_begins), .starts(starts),
      .pass_rows(pass_rows), .pass_columns(count_columns), .sum_bytes(count_sum_bytes),
      .spills(column & ~column_emits), .column_bytes(column_bytes), .quantised(count_values),
      .vector_takes(task_takes), .vector_operations(task_operations),
      .vector_input_bytes(task_input_bytes), .buffer_a_read_byte(buffer_a_read_byte),
      .buffer_b_read_byte(buffer_b_read_byte), .datapath_mac(datapath_mac),
      .datapath_idle_mac(datapath_idle_mac), .collector_accumulate(collector_accumulate),
      .collector_transfer_byte(collector_transfer_byte), .ppu_value(ppu_value),
      .vector_unit_operation(vector_unit_operation));
endmodule
