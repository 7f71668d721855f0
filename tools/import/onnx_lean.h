// Reads an ONNX model without the data of its large tensors: shapes are inferred from extents, and from
// integers that are few.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace lnsim::onnx {

// A tensor's data of more bytes are left out (our choice).
inline constexpr std::size_t kMostTensorBytes = std::size_t{1} << 16;
// What is left of a model may have as many (our choice: the graph of a trillion parameters has some MiB).
inline constexpr std::size_t kMostLeanBytes = std::size_t{1} << 26;

// The protobuf of the model in a file, plain or gzip, that can be of any size: no more than what is returned
// is held. A tensor whose data are left out says that they are stored elsewhere. Throws UserError for a file
// that cannot be read, that unpacks to more than `largest_bytes`, whose lengths contradict each other, and
// when more than kMostLeanBytes are left.
std::string read_lean_model(const std::filesystem::path& path, std::size_t largest_bytes);

// Says that a file holds no model.
[[noreturn]] void refuse_bytes(const std::filesystem::path& path);

}  // namespace lnsim::onnx
