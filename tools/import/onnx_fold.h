// Computes the integers from which ONNX models make shapes: extents that are read, multiplied, put together
// and given to the operators behind.
#pragma once

#include <onnx/onnx_pb.h>

namespace lnsim::onnx {

// Replaces every node whose integers can be computed from constants and known shapes by an initialiser.
// Returns whether there was one.
bool fold_integers(::onnx::GraphProto& graph);

}  // namespace lnsim::onnx
