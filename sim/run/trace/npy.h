// The .npy container: one array, versions 1 to 3, C order, little endian, integers and IEEE floating point.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Bytes that come one after the other, from a file or from a member of an archive.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills as much of `buffer` as there is left and returns how much. Throws UserError when the source is
  // damaged.
  virtual std::size_t read(std::span<unsigned char> buffer) = 0;
  virtual std::uint64_t size() const = 0;       // in total, as the container states it
  virtual const std::string& name() const = 0;  // of the file, for messages
};

// The element types that are read, as a manifest may spell them: `float32` and `<f4` and so on.
std::vector<std::string> npy_type_names();

// Reads the array and compares it with what the manifest says of the tensor. Throws UserError, naming file
// and tensor, for a damaged header, another shape or type, a size that does not match, NaN, infinity, and
// integers above 2^53. The sizes are checked before anything is allocated for the elements.
Tensor read_npy(ByteSource& source, const TensorInfo& expected);

}  // namespace lnsim
