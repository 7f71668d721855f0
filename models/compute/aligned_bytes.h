// Memory for packed operands and accumulators, aligned as the datapaths want it.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace lnsim {

inline constexpr std::size_t kDatapathAlignment = 64;

class AlignedBytes {
 public:
  // At least `size` bytes; the old contents are lost when it grows.
  void reserve(std::size_t size) {
    if (size <= size_) return;
    bytes_.reset(static_cast<std::byte*>(::operator new (size, std::align_val_t{kDatapathAlignment})));
    size_ = size;
  }
  std::byte* data() { return bytes_.get(); }
  const std::byte* data() const { return bytes_.get(); }

 private:
  struct Free {
    void operator()(std::byte* bytes) const {
      ::operator delete (bytes, std::align_val_t{kDatapathAlignment});
    }
  };
  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace lnsim
