// An ONNX model in protobuf: reading the file, open dimensions.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace lnsim::onnx {

// Reads the file in pieces. Throws UserError for what is no ONNX model.
::onnx::ModelProto read_model(const std::filesystem::path& path, std::size_t largest_bytes);

// Gives dimensions of the graph's inputs their sizes: those with a name by it, others as `INPUT[AXIS]`.
// Throws UserError when one stays open, and for a name that the model does not have. Returns the inputs'
// names that had open ones.
std::set<std::string> close_dimensions(::onnx::ModelProto& model, const std::filesystem::path& path,
                                       const std::map<std::string, std::int64_t>& sizes);

}  // namespace lnsim::onnx
