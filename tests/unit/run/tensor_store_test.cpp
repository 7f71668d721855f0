#include <gtest/gtest.h>
#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace.h"
#include "tests/unit/run/npy_bytes.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

class TensorStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("lnsim_tensors_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    trace_.path = folder_ / "t.jsonl";
    trace_.header.tensors = "t.npz";
    trace_.tensors["a/x"] = {"a/x", {3}, "float32", "", 7};
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write_npz(const std::vector<std::pair<std::string, std::string>>& members,
                 zip_int32_t compression = ZIP_CM_DEFLATE) {
    zip_t* zip = zip_open((folder_ / "t.npz").c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : members) {
      zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
      const zip_int64_t index = zip_file_add(zip, name.c_str(), source, 0);
      zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), compression, 0);
    }
    ASSERT_EQ(zip_close(zip), 0);
  }

  static std::string array() {
    return npy_bytes(npy_header_text("<f4", "(3,)"), raw_bytes<float>({1, -2, 0.5F}));
  }

  // Changes bytes of the archive where `pattern` stands.
  void patch(const std::string& pattern, std::size_t offset, const std::string& bytes) {
    std::fstream file(folder_ / "t.npz", std::ios::binary | std::ios::in | std::ios::out);
    std::ostringstream content;
    content << file.rdbuf();
    const std::size_t at = content.str().find(pattern);
    ASSERT_NE(at, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at + offset));
    file << bytes;
  }

  std::string message(const std::string& key = "a/x") const {
    try {
      TensorStore(trace_).read(key);
    } catch (const UserError& error) {
      std::string text = error.what();
      const std::string folder = folder_.string() + "/";
      return text.starts_with(folder) ? text.substr(folder.size()) : text;
    }
    return "no error";
  }

  fs::path folder_;
  Trace trace_;
};

TEST_F(TensorStoreTest, reads_deflated_and_stored_members) {
  for (const zip_int32_t compression : {ZIP_CM_DEFLATE, ZIP_CM_STORE}) {
    write_npz({{"a/x.npy", array()}}, compression);
    const TensorStore store(trace_);
    EXPECT_EQ(store.read("a/x").values, (std::vector{1.0, -2.0, 0.5}));
    EXPECT_EQ(store.read("a/x").values, (std::vector{1.0, -2.0, 0.5}));  // as often as one likes
  }
}

TEST_F(TensorStoreTest, reads_a_single_npy_file_beside_the_manifest) {
  trace_.header.tensors.clear();
  trace_.tensors["a/x"].file = "x.npy";
  EXPECT_EQ(message(), "x.npy: a/x: got no such file, expected the tensor's .npy file");
  std::ofstream(folder_ / "x.npy", std::ios::binary) << array();
  EXPECT_EQ(TensorStore(trace_).read("a/x").values, (std::vector{1.0, -2.0, 0.5}));
}

TEST_F(TensorStoreTest, an_unknown_tensor_names_the_manifest) {
  write_npz({{"a/x.npy", array()}});
  EXPECT_EQ(message("a/y"), "t.jsonl: a/y: got nothing, expected a `tensor` line for it");
}

TEST_F(TensorStoreTest, a_tensor_without_any_file_names_its_line) {
  trace_.header.tensors.clear();
  EXPECT_EQ(message(), "t.jsonl:7: a/x: got neither, expected `file`, or `tensors` in the header");
}

TEST_F(TensorStoreTest, an_archive_that_is_not_there_says_so) {
  EXPECT_EQ(message(), "t.npz: got no such file, expected the .npz with the trace's tensors");
}

TEST_F(TensorStoreTest, what_is_no_archive_says_so) {
  std::ofstream(folder_ / "t.npz") << "no zip at all, only some words that go on for a while";
  EXPECT_EQ(message(),
            "t.npz: got a file that is no zip archive, or is cut short, expected the .npz with the trace's "
            "tensors");
}

TEST_F(TensorStoreTest, an_archive_cut_short_says_so) {
  write_npz({{"a/x.npy", array()}, {"a/y.npy", array()}});
  for (const std::uintmax_t keep : {std::uintmax_t{40}, fs::file_size(folder_ / "t.npz") - 10}) {
    fs::resize_file(folder_ / "t.npz", keep);
    EXPECT_EQ(message(),
              "t.npz: got a file that is no zip archive, or is cut short, expected the .npz with the trace's "
              "tensors");
    write_npz({{"a/x.npy", array()}, {"a/y.npy", array()}});
  }
}

TEST_F(TensorStoreTest, a_missing_member_is_named) {
  write_npz({{"b/x.npy", array()}});
  EXPECT_EQ(message(), "t.npz: a/x: got nothing, expected a member a/x.npy");
}

TEST_F(TensorStoreTest, changed_bytes_are_found_by_their_checksum) {
  write_npz({{"a/x.npy", array()}}, ZIP_CM_STORE);
  patch("NUMPY", 70, "\x7F");
  EXPECT_EQ(message(), "t.npz: a/x: got damaged data (CRC error), expected a zip member that unpacks");
}

TEST_F(TensorStoreTest, a_member_that_claims_two_gigabytes_is_refused) {
  write_npz({{"a/x.npy", array()}});
  // Central directory: signature, then the uncompressed size at offset 24.
  patch("PK\x01\x02", 24, std::string("\xFF\xFF\xFF\x7F", 4));
  const std::string text = message();
  EXPECT_EQ(text.substr(0, text.find(" by ")), "t.npz: a/x: got 2147483647 bytes claimed");
  EXPECT_EQ(text.substr(text.rfind(", ")), ", expected at most 1032 times as many");
}

TEST_F(TensorStoreTest, a_shape_other_than_the_manifests_is_refused) {
  write_npz({{"a/x.npy", array()}});
  trace_.tensors["a/x"].shape = {1, 3};
  EXPECT_EQ(message(), "t.npz: a/x: got shape [3], expected shape [1, 3] from the manifest");
}

}  // namespace
}  // namespace lnsim
