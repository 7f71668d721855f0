#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
#include "sim/run/report/provenance.h"

namespace lnsim {
namespace {

TEST(FileHash, is_the_published_sha_256) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "lnsim_file_hash_test";
  write_file(path, "abc");  // FIPS 180-4 example
  EXPECT_EQ(file_hash(path), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  std::filesystem::remove(path);
  EXPECT_THROW(file_hash(path), UserError);
}

}  // namespace
}  // namespace lnsim
