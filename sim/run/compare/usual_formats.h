// A datapath with what it usually brings with it.
#pragma once

#include "models/parameters.h"

namespace lnsim {

// Gives the machine that datapath, and the formats, accumulator and optimizer of
// configs/accelerators/<datapath>.yaml:
// - lns: every kind of tensor in LNS of 8 bits and base factor 8, weights stored in 16 bits, Madam;
// - fp8_e4m3, fp8_e5m2, int8: operands and gradients in that format, weights stored in FP16, moments in FP32,
//   SGD with momentum;
// - bf16, fp16, fp32: operands and gradients in that format, weights and moments stored in FP32, SGD with
//   momentum.
// Floating-point products of a beat are aligned and summed in one tree, as in the lanes of
// configs/energy/characterised (our choice: an adder with its own rounding per product would be a needlessly
// dear baseline). Storage formats of the others than LNS are our choice. The depth of the pipeline stays.
void give_usual_datapath(AcceleratorParameters& machine, arith::DatapathKind kind);

}  // namespace lnsim
