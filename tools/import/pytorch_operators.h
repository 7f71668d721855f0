// What PyTorch's operators are in a native trace.
#pragma once

#include <cstdint>
#include <string_view>

namespace lnsim::pytorch {

// The tensor whose shape an operator without a product works on.
enum class WorkShape : std::uint8_t { first_input, second_input, first_output };

struct VectorOperator {
  std::string_view name;    // PyTorch's
  std::string_view native;  // the operator table's
  WorkShape shape;
};

// Nothing for an operator that is not in the table. Children of a mapped operator are part of it.
const VectorOperator* find_vector_operator(std::string_view name);

// Operators that view, allocate, fill, copy or send data but compute nothing, and those of the profiler. The
// accelerator reads operands in any layout, so a copy into another layout is no work of its own.
bool moves_data_only(std::string_view name);

// Attention kernels that compute both batched products and the softmax between them.
bool is_fused_attention(std::string_view name);
bool is_fused_attention_backward(std::string_view name);

}  // namespace lnsim::pytorch
