// The quantiser of a post-processing unit: turns columns of finished sums into columns of codes, VALUES at a time.
//
// Latency: a column of `rows` sums that is taken in cycle t occupies the unit for K = ceil(rows / VALUES) cycles;
// its codes leave it in t + K - 1, and are at the outputs LATENCY cycles after that. Throughput: one column every
// K cycles. Back-pressure: CAPACITY columns may stand in the register stages and the queue behind them; space that
// a taken column frees can be used from the next cycle on. Until its codes have left, no other column is taken.
// Parameters: ROWS: most rows of a column; VALUES; LATENCY >= 1; CAPACITY >= 1; arithmetic as in lns_quantise.
// Ports: in_*: a column is taken in a cycle with valid and ready; in_offset: as in lns_quantise, of all its rows;
// out_*: likewise; codes beyond the rows are 0; count_*: of the column whose last codes are made in this cycle, for
// the unit's event and loss counters. C++ twin: models/compute/ppu.h with Datapath::emit.
module ppu_quantiser #(
    parameter int ROWS           = 4,
    parameter int VALUES         = 2,
    parameter int LATENCY        = 4,
    parameter int CAPACITY       = 8,
    parameter int SUM_BITS       = 24,
    parameter int LSB_OCTAVE     = 13,
    parameter int LOG2_GRID      = 3,
    parameter int QUANTISER_BITS = 9,
    parameter logic [(1<<LOG2_GRID)*(QUANTISER_BITS+1)-1:0] THRESHOLDS =
        {(1 << LOG2_GRID) {(QUANTISER_BITS + 1)'(3 << (QUANTISER_BITS - 2))}},
    parameter int B_OUT          = 8,
    parameter int LOG2_GAMMA_OUT = 3,
    parameter int ZERO_OUT       = 1,
    parameter int FLUSH          = 0,
    localparam int CODE_BITS     = B_OUT + (ZERO_OUT == 2 ? 1 : 0),
    localparam int ROW_BITS      = $clog2(ROWS + 1)
) (
    input  logic                      clk,
    input  logic                      reset,
    input  logic                      in_valid,
    output logic                      in_ready,
    input  logic [ROW_BITS-1:0]       in_rows,
    input  logic [ROWS*SUM_BITS-1:0]  in_sums,
    input  logic signed [31:0]        in_offset,
    output logic                      out_valid,
    input  logic                      out_ready,
    output logic [ROW_BITS-1:0]       out_rows,
    output logic [ROWS*CODE_BITS-1:0] out_codes,
    output logic [15:0]               count_values,
    output logic [15:0]               count_saturated,
    output logic [15:0]               count_clamped,
    output logic [15:0]               count_flushed
);
  localparam int STEPS     = (ROWS + VALUES - 1) / VALUES;
  localparam int STEP_BITS = STEPS > 1 ? $clog2(STEPS) : 1;

  // The column worked on: the one that is taken, in the cycle in which it is. `done`: all its codes are made, but
  // there was no room for it.
  logic working, done, take;
  logic [STEP_BITS-1:0] held_step, step;
  logic [ROW_BITS-1:0] held_rows, rows;
  logic signed [31:0] held_offset, offset;
  logic [ROWS*SUM_BITS-1:0] held_sums, sums;
  assign in_ready = ~working & ~done;
  assign take = in_valid & in_ready;
  assign step = working ? held_step : '0;
  assign rows = in_ready ? in_rows : held_rows;
  assign offset = in_ready ? in_offset : held_offset;
  assign sums = in_ready ? in_sums : held_sums;

  // The values of this step.
  logic [VALUES-1:0] present, saturated, clamped, flushed;
  logic [VALUES*CODE_BITS-1:0] step_codes;
  genvar i;
  generate
    for (i = 0; i < VALUES; i = i + 1) begin : g_value
      logic one_saturated, one_clamped, one_flushed;
      logic [CODE_BITS-1:0] code;
      logic [SUM_BITS-1:0] sum;
      assign present[i] = 32'(step) * VALUES + i < 32'(rows);
      assign sum = SUM_BITS'(sums >> ((32'(step) * VALUES + i) * SUM_BITS));
      lns_quantise #(
          .SUM_BITS(SUM_BITS), .LSB_OCTAVE(LSB_OCTAVE), .LOG2_GRID(LOG2_GRID),
          .QUANTISER_BITS(QUANTISER_BITS), .THRESHOLDS(THRESHOLDS), .B_OUT(B_OUT),
          .LOG2_GAMMA_OUT(LOG2_GAMMA_OUT), .ZERO_OUT(ZERO_OUT), .FLUSH(FLUSH)
      ) quantise (
          .sum(sum), .offset(offset), .code(code), .saturated(one_saturated),
          .clamped(one_clamped), .flushed(one_flushed));
      assign step_codes[i*CODE_BITS+:CODE_BITS] = present[i] ? code : '0;
      assign saturated[i] = present[i] & one_saturated;
      assign clamped[i] = present[i] & one_clamped;
      assign flushed[i] = present[i] & one_flushed;
    end
  endgenerate

  // Codes and counts of the column so far.
  logic [ROWS*CODE_BITS-1:0] held_codes, codes;
  logic [47:0] held_counts, counts, step_counts;
  count_ones #(.WIDTH(VALUES)) over_saturated (.flags(saturated), .count(step_counts[15:0]));
  count_ones #(.WIDTH(VALUES)) over_clamped (.flags(clamped), .count(step_counts[31:16]));
  count_ones #(.WIDTH(VALUES)) over_flushed (.flags(flushed), .count(step_counts[47:32]));
  always_comb begin
    if (done) begin
      codes = held_codes;
      counts = held_counts;
    end else begin
      codes = (in_ready ? '0 : held_codes) |
          ((ROWS * CODE_BITS)'(step_codes) << (32'(step) * VALUES * CODE_BITS));
      counts = step_counts + (in_ready ? '0 : held_counts);
    end
  end

  logic last, finishes, room, leaves;
  assign last = (32'(step) + 1) * VALUES >= 32'(rows);
  assign finishes = (working | take) & last;
  assign leaves = (finishes | done) & room;
  assign count_values = finishes ? 16'(rows) : '0;
  assign {count_flushed, count_clamped, count_saturated} = finishes ? counts : '0;

  always_ff @(posedge clk) begin
    if (in_ready) begin
      held_rows <= in_rows;
      held_offset <= in_offset;
      held_sums <= in_sums;
    end
    held_codes <= codes;
    held_counts <= counts;
    held_step <= step + 1'b1;
    working <= ~reset & (working | take) & ~last;
    done <= ~reset & (finishes | done) & ~room;
  end

  channel #(
      .WIDTH(ROW_BITS + ROWS * CODE_BITS), .CAPACITY(CAPACITY), .LATENCY(LATENCY)
  ) columns (
      .clk(clk), .reset(reset), .can_push(room), .push(leaves), .push_data({rows, codes}),
      .valid(out_valid), .front({out_rows, out_codes}), .pop(out_valid & out_ready));
endmodule
