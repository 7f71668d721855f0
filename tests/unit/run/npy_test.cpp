#include "sim/run/trace/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "sim/base/errors.h"
#include "tests/unit/run/npy_bytes.h"

namespace lnsim {
namespace {

class Bytes final : public ByteSource {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(std::span<unsigned char> buffer) override {
    const std::size_t count = std::min(buffer.size(), bytes_.size() - at_);
    std::memcpy(buffer.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::uint64_t size() const override { return claimed_ == 0 ? bytes_.size() : claimed_; }
  const std::string& name() const override { return name_; }
  void claim(std::uint64_t size) { claimed_ = size; }

 private:
  std::string bytes_, name_ = "t.npz";
  std::size_t at_ = 0;
  std::uint64_t claimed_ = 0;
};

TensorInfo expected(std::vector<std::int64_t> shape, std::string dtype) {
  return {"fc/x", std::move(shape), std::move(dtype), "", 3};
}

std::vector<double> read_all(ByteSource& source, const TensorInfo& info) {
  NpyReader reader(source, info);
  std::vector<double> values;
  for (auto block = reader.next(); !block.empty(); block = reader.next())
    values.insert(values.end(), block.begin(), block.end());
  return values;
}

std::vector<double> values(const std::string& type, const std::string& dtype, std::int64_t count,
                           const std::string& data, int version = 1) {
  Bytes source(npy_bytes(npy_header_text(type, "(" + std::to_string(count) + ",)"), data, version));
  return read_all(source, expected({count}, dtype));
}

std::string message(const std::string& bytes, const TensorInfo& info = expected({2}, "float32")) {
  try {
    Bytes source(bytes);
    read_all(source, info);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Npy, reads_every_type_in_every_version) {
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(values("<f4", "float32", 2, raw_bytes<float>({1.5F, -0.25F}), version),
              (std::vector{1.5, -0.25}));
  }
  EXPECT_EQ(values("<f8", "<f8", 1, raw_bytes<double>({-1e300})), (std::vector{-1e300}));
  EXPECT_EQ(values("|i1", "int8", 2, raw_bytes<std::int8_t>({-128, 127})), (std::vector{-128.0, 127.0}));
  EXPECT_EQ(values("|u1", "|u1", 1, raw_bytes<std::uint8_t>({255})), (std::vector{255.0}));
  EXPECT_EQ(values("|b1", "bool", 2, raw_bytes<std::uint8_t>({0, 1})), (std::vector{0.0, 1.0}));
  EXPECT_EQ(values("<i2", "int16", 1, raw_bytes<std::int16_t>({-3})), (std::vector{-3.0}));
  EXPECT_EQ(values("<u2", "uint16", 1, raw_bytes<std::uint16_t>({65535})), (std::vector{65535.0}));
  EXPECT_EQ(values("<i4", "int32", 1, raw_bytes<std::int32_t>({-7})), (std::vector{-7.0}));
  EXPECT_EQ(values("<u4", "uint32", 1, raw_bytes<std::uint32_t>({4294967295U})), (std::vector{4294967295.0}));
  EXPECT_EQ(values("<i8", "int64", 1, raw_bytes<std::int64_t>({-9007199254740992})),
            (std::vector{-9007199254740992.0}));
  EXPECT_EQ(values("<u8", "uint64", 1, raw_bytes<std::uint64_t>({5})), (std::vector{5.0}));
}

TEST(Npy, half_precision_has_normal_and_subnormal_values) {
  // 1, -2, the largest, the smallest normal, the smallest subnormal, -0
  const std::vector<std::uint16_t> codes{0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x8000};
  EXPECT_EQ(values("<f2", "float16", 6, raw_bytes(codes)),
            (std::vector{1.0, -2.0, 65504.0, 0x1p-14, 0x1p-24, -0.0}));
}

TEST(Npy, elements_stand_in_c_order_and_a_scalar_is_one_element) {
  Bytes matrix(npy_bytes(npy_header_text("<f4", "(2, 3)"), raw_bytes<float>({0, 1, 2, 3, 4, 5})));
  EXPECT_EQ(read_all(matrix, expected({2, 3}, "float32")), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  Bytes scalar(npy_bytes(npy_header_text("<f4", "()"), raw_bytes<float>({7})));
  EXPECT_EQ(read_all(scalar, expected({}, "float32")), (std::vector<double>{7}));
}

TEST(Npy, arrays_longer_than_a_chunk_are_read_whole) {
  std::vector<float> many(100001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
  const auto read = values("<f4", "float32", 100001, raw_bytes(many));
  ASSERT_EQ(read.size(), many.size());
  EXPECT_EQ(read.back(), 100000.0);
  EXPECT_EQ(read[65536], 65536.0);
}

TEST(Npy, what_is_no_array_says_so) {
  EXPECT_EQ(message("PK\x03\x04....."), "t.npz: fc/x: got no NumPy signature, expected an .npy array");
  EXPECT_EQ(message("\x93NUM"), "t.npz: fc/x: got the end of the data after 4 bytes, expected more bytes");
  EXPECT_EQ(message(npy_bytes("{}", "", 9)), "t.npz: fc/x: got .npy version 9, expected version 1, 2 or 3");
}

TEST(Npy, a_header_of_two_gigabytes_is_not_read) {
  std::string bytes = npy_bytes("", "", 2);
  bytes[11] = '\x7F';
  EXPECT_EQ(message(bytes),
            "t.npz: fc/x: got an .npy header of 2130706432 bytes, expected at most 65536 bytes");
}

TEST(Npy, a_damaged_header_says_what_is_missing) {
  EXPECT_EQ(
      message(npy_bytes("{}", "")),
      "t.npz: fc/x: got an .npy header without `fortran_order`, expected descr, fortran_order and shape");
  EXPECT_EQ(
      message(npy_bytes("{'fortran_order': False}", "")),
      "t.npz: fc/x: got an .npy header whose `descr` is not a plain type, expected a type such as '<f4'");
  EXPECT_EQ(
      message(npy_bytes("{'fortran_order': False, 'descr': [('a', '<f4')]}", "")),
      "t.npz: fc/x: got an .npy header whose `descr` is not a plain type, expected a type such as '<f4'");
  EXPECT_EQ(message(npy_bytes("{'fortran_order': False, 'descr': '<f4'}", "")),
            "t.npz: fc/x: got an .npy header whose `shape` is not a tuple, expected a shape such as (3, 4)");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2, x)"), "")),
            "t.npz: fc/x: got shape (2, x), expected extents that fit 63 bits");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(99999999999999999999,)"), "")),
            "t.npz: fc/x: got shape (99999999999999999999,), expected extents that fit 63 bits");
}

TEST(Npy, other_orders_and_types_are_refused) {
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2,)", "True"), "")),
            "t.npz: fc/x: got an array in Fortran order, expected C order");
  EXPECT_EQ(message(npy_bytes(npy_header_text(">f4", "(2,)"), "")),
            "t.npz: fc/x: got type >f4, expected one of <f4, <f2, <f8, |i1, <i2, <i4, <i8, |u1, <u2, <u4, "
            "<u8, |b1");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f8", "(2,)"), "")),
            "t.npz: fc/x: got type float64, expected float32 from the manifest");
}

TEST(Npy, sizes_must_agree_with_manifest_and_data) {
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(1, 2)"), raw_bytes<float>({1, 2}))),
            "t.npz: fc/x: got shape [1, 2], expected shape [2] from the manifest");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2,)"), raw_bytes<float>({1}))),
            "t.npz: fc/x: got 4 bytes of data, expected 2 x 4 bytes for shape [2]");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2,)"), raw_bytes<float>({1, 2, 3}))),
            "t.npz: fc/x: got 12 bytes of data, expected 2 x 4 bytes for shape [2]");
}

TEST(Npy, a_claim_of_two_gigabytes_is_refused_before_anything_is_allocated) {
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(23170, 23171)"), "1234"),
                    expected({23170, 23171}, "float32")),
            "t.npz: fc/x: got 4 bytes of data, expected 536872070 x 4 bytes for shape [23170, 23171]");
  const std::vector<std::int64_t> huge(3, std::int64_t{1} << 31);
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2147483648, 2147483648, 2147483648)"), "1234"),
                    expected(huge, "float32")),
            "t.npz: fc/x: got 4 bytes of data, expected extents whose product fits 62 bits");
}

TEST(Npy, data_that_ends_before_the_stated_size_says_so) {
  Bytes source(npy_bytes(npy_header_text("<f4", "(2,)"), raw_bytes<float>({1})));
  source.claim(source.size() + 4);
  try {
    read_all(source, expected({2}, "float32"));
    FAIL() << "no error";
  } catch (const UserError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.substr(text.rfind(", ")), ", expected more bytes");
  }
}

TEST(Npy, nan_and_infinity_are_refused_with_their_index) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2, 3)"), raw_bytes<float>({0, 1, 2, 3, nan, 5})),
                    expected({2, 3}, "float32")),
            "t.npz: fc/x: got nan at [1, 1], expected finite numbers");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f4", "(2,)"), raw_bytes<float>({-infinity, 0}))),
            "t.npz: fc/x: got -inf at [0], expected finite numbers");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f2", "(2,)"), raw_bytes<std::uint16_t>({0, 0x7C00})),
                    expected({2}, "<f2")),
            "t.npz: fc/x: got inf at [1], expected finite numbers");
  EXPECT_EQ(message(npy_bytes(npy_header_text("<f2", "(1,)"), raw_bytes<std::uint16_t>({0x7E00})),
                    expected({1}, "<f2")),
            "t.npz: fc/x: got nan at [0], expected finite numbers");
}

TEST(Npy, integers_that_a_double_does_not_hold_are_refused) {
  EXPECT_EQ(
      message(npy_bytes(npy_header_text("<i8", "(1,)"), raw_bytes<std::int64_t>({std::int64_t{1} << 60})),
              expected({1}, "int64")),
      "t.npz: fc/x: got 1152921504606846976 at [0], expected integers of at most 2^53");
}

TEST(Npy, gives_its_elements_in_blocks_and_then_nothing) {
  constexpr std::size_t kCount = 2 * NpyReader::kBlockElements + 5;
  std::vector<float> written(kCount);
  for (std::size_t i = 0; i < kCount; ++i) written[i] = static_cast<float>(i);
  Bytes source(npy_bytes(npy_header_text("<f4", "(" + std::to_string(kCount) + ",)"), raw_bytes(written)));
  const TensorInfo info = expected({static_cast<std::int64_t>(kCount)}, "float32");
  NpyReader reader(source, info);
  std::vector<std::size_t> sizes;
  std::vector<double> read;
  for (auto block = reader.next(); !block.empty(); block = reader.next()) {
    sizes.push_back(block.size());
    read.insert(read.end(), block.begin(), block.end());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{NpyReader::kBlockElements, NpyReader::kBlockElements, 5}));
  EXPECT_EQ(read, std::vector<double>(written.begin(), written.end()));
  EXPECT_TRUE(reader.next().empty());
}

TEST(Npy, knows_the_bytes_of_an_element) {
  EXPECT_EQ(npy_element_bytes("float32"), 4U);
  EXPECT_EQ(npy_element_bytes("<f2"), 2U);
  EXPECT_EQ(npy_element_bytes("bool"), 1U);
  EXPECT_THROW(npy_element_bytes("complex64"), ModelError);
}

}  // namespace
}  // namespace lnsim
