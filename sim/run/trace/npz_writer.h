// Puts arrays that are there into a new .npz.
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace lnsim {

struct NpzMember {
  std::string key;
  std::filesystem::path file;  // a .npy file; empty: the member of the source archive with the key
};

// Members of the source are copied as they are packed there, files are deflated; nothing is held in memory.
// The archive appears under its name only when it is complete, and equal input gives equal bytes. `source`
// may be empty when every member is a file. Throws UserError for what is not there, and when the disk does
// not take it.
void write_npz(const std::filesystem::path& path, const std::filesystem::path& source,
               std::span<const NpzMember> members);

}  // namespace lnsim
