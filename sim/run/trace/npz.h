// The .npz container: a zip archive of .npy arrays, stored or deflated. Checksums are verified when a member
// is read whole.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sim/run/trace/npy.h"

namespace lnsim {

class NpzFile {
 public:
  // Throws UserError when the file is absent or no zip archive.
  explicit NpzFile(const std::filesystem::path& path);
  ~NpzFile();
  NpzFile(NpzFile&&) noexcept;
  NpzFile& operator=(NpzFile&&) noexcept;

  // The member `key`.npy. Throws UserError when it is absent or states a size that its compressed bytes
  // cannot hold.
  std::unique_ptr<ByteSource> open(const std::string& key) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace lnsim
