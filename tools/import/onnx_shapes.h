// Shapes of all values of an ONNX model.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>

namespace lnsim::onnx {

// Fills `value_info`, node by node with the ONNX library's rules, and replaces nodes whose integers can be
// computed by initialisers. A value whose shape cannot be inferred has none. Throws UserError, naming the
// node, when an inferred shape contradicts the one that the model declares.
void infer_shapes(::onnx::ModelProto& model, const std::filesystem::path& path);

}  // namespace lnsim::onnx
