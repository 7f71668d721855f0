// What the update lanes on single-precision weights share: weight and state as they are stored, or the old ones where
// a result is not a number, the flags, the last register and the control beside a lane's pipeline.
//
// Latency: 1 from weight and state to the outputs, LATENCY from in_valid to out_valid. Throughput: one per cycle.
// Parameters: STATES: single-precision numbers of optimizer state, the first one lowest, as are their flags.
// C++ twin: the ends of the loops of models/update/{sgd,adam}.cpp.
module update_end #(
    parameter int STATES  = 1,
    parameter int LATENCY = 4
) (
    input  logic                 clk,
    input  logic                 reset,
    input  logic                 in_valid,
    input  logic [31:0]          old_weight,
    input  logic [STATES*32-1:0] old_state,
    input  logic [31:0]          weight,
    input  logic [STATES*32-1:0] state,
    output logic                 out_valid,
    output logic [31:0]          out_weight,
    output logic [STATES*32-1:0] out_state,
    output logic                 out_unchanged,
    output logic                 out_saturated,
    output logic [STATES-1:0]    out_state_saturated,
    output logic                 out_not_a_number
);
  logic [31:0] stored_weight;
  logic [STATES*32-1:0] stored_state;
  logic [STATES:0] nan;
  logic [STATES-1:0] state_saturated;
  logic saturated, not_a_number;
  genvar i;
  generate
    for (i = 0; i < STATES; i = i + 1) begin : g_state
      assign nan[i] = &state[i*32+23+:8] & |state[i*32+:23];
      f32_store store (
          .x(state[i*32+:32]), .stored(stored_state[i*32+:32]), .saturated(state_saturated[i]));
    end
  endgenerate
  assign nan[STATES] = &weight[30:23] & |weight[22:0];
  f32_store store_weight (.x(weight), .stored(stored_weight), .saturated(saturated));
  assign not_a_number = |nan;

  logic [31:0] weight_1;
  logic [STATES*32-1:0] state_1;
  logic [STATES+2:0] flags_1, flags;
  logic unused_control;
  assign weight_1 = not_a_number ? old_weight : stored_weight;
  assign state_1 = not_a_number ? old_state : stored_state;
  assign flags_1 = not_a_number ? (STATES + 3)'(3) :
      {state_saturated, saturated, 1'b0, stored_weight == old_weight};
  pipe #(.WIDTH(32 + STATES * 33 + 3), .STAGES(1)) after_end (
      .clk(clk), .in({weight_1, state_1, flags_1}), .out({out_weight, out_state, flags}));
  valid_pipe #(.WIDTH(1), .STAGES(LATENCY)) control (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in(1'b0), .out_valid(out_valid), .out(unused_control));
  assign {out_state_saturated, out_saturated, out_not_a_number, out_unchanged} = out_valid ? flags : '0;
endmodule
