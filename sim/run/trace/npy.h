// The .npy container: one array, versions 1 to 3, C order, little endian, integers and IEEE floating point.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
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

// Of an element, in the file. Throws ModelError for a name that is not read.
std::size_t npy_element_bytes(std::string_view type_name);

// An array's elements in C order, a block at a time: whatever its size, no more than a block is held.
class NpyReader {
 public:
  static constexpr std::size_t kBlockElements = 1U << 13;

  // Reads the header and compares it with what the manifest says of the tensor. Throws UserError, naming file
  // and tensor, for a damaged header, another shape or type, and a size that does not match. Both arguments
  // must outlive it.
  NpyReader(ByteSource& source, const TensorInfo& expected);
  ~NpyReader();

  // The next block, valid until the next call; empty after the last. Throws UserError for NaN, infinity,
  // integers above 2^53, and a source that ends too early or goes on after the last element.
  std::span<const double> next();

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace lnsim
