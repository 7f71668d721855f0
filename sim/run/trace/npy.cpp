#include "sim/run/trace/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they stand in the file");

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr std::uint32_t kLongestHeader = 1U << 16;
constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53

double half_to_double(std::uint16_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  const int exponent = (bits >> 10U) & 0x1F;
  const int mantissa = bits & 0x3FF;
  if (exponent == 0x1F) {
    return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

template <class Stored>
double decode(const unsigned char* bytes) {
  Stored value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

double decode_half(const unsigned char* bytes) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return half_to_double(bits);
}

struct ElementType {
  std::string_view code;  // as in an .npy header
  std::string_view name;  // as NumPy prints it
  std::size_t bytes;
  double (*decode)(const unsigned char*);
};

constexpr std::array<ElementType, 12> kTypes{{{"<f4", "float32", 4, decode<float>},
                                              {"<f2", "float16", 2, decode_half},
                                              {"<f8", "float64", 8, decode<double>},
                                              {"|i1", "int8", 1, decode<std::int8_t>},
                                              {"<i2", "int16", 2, decode<std::int16_t>},
                                              {"<i4", "int32", 4, decode<std::int32_t>},
                                              {"<i8", "int64", 8, decode<std::int64_t>},
                                              {"|u1", "uint8", 1, decode<std::uint8_t>},
                                              {"<u2", "uint16", 2, decode<std::uint16_t>},
                                              {"<u4", "uint32", 4, decode<std::uint32_t>},
                                              {"<u8", "uint64", 8, decode<std::uint64_t>},
                                              {"|b1", "bool", 1, decode<std::uint8_t>}}};

const ElementType* find_type(std::string_view spelling) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [&](const ElementType& type) {
    return type.code == spelling || type.name == spelling;
  });
  return found == kTypes.end() ? nullptr : found;
}

// The dictionary literal of a header, for example {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4),
// }.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : text_(text) {}

  // What follows `'key':`, up to the end of the header; empty when the key is not there.
  std::string_view after(std::string_view key) const {
    const std::string quoted_key = fmt::format("'{}':", key);
    const std::size_t found = text_.find(quoted_key);
    if (found == std::string_view::npos) return {};
    std::string_view rest = text_.substr(found + quoted_key.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return rest;
  }

 private:
  std::string_view text_;
};

}  // namespace

class NpyReader::Reading {
 public:
  Reading(ByteSource& source, const TensorInfo& expected) : source_(source), expected_(expected) {
    const std::string header = read_header();
    const HeaderText text(header);
    check_order(text.after("fortran_order"));
    type_ = &read_type(text.after("descr"));
    shape_ = read_shape(text.after("shape"));
    if (shape_ != expected_.shape) {
      fail(fmt::format("shape [{}]", fmt::join(shape_, ", ")),
           fmt::format("shape [{}] from the manifest", fmt::join(expected_.shape, ", ")));
    }
    count_ = checked_count();
  }

  std::span<const double> next() {
    const std::size_t elements = std::min<std::uint64_t>(count_ - read_, kBlockElements);
    bytes_.resize(elements * type_->bytes);
    take(bytes_);
    block_.clear();
    for (std::size_t at = 0; at < bytes_.size(); at += type_->bytes) {
      block_.push_back(checked(type_->decode(bytes_.data() + at)));
      ++read_;
    }
    if (read_ == count_) check_end();
    return block_;
  }

 private:
  [[noreturn]] void fail(std::string got, std::string wanted) const {
    throw UserError(Diagnostic{{source_.name()}, expected_.key, std::move(got), std::move(wanted)});
  }

  void take(std::span<unsigned char> buffer) {
    const std::size_t got = source_.read(buffer);
    taken_ += got;
    if (got < buffer.size()) fail(fmt::format("the end of the data after {} bytes", taken_), "more bytes");
  }

  std::string read_header() {
    std::array<unsigned char, 12> start{};
    take(std::span(start).first(8));
    if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
      fail("no NumPy signature", "an .npy array");
    }
    const unsigned version = start[6];
    if (version < 1 || version > 3) fail(fmt::format(".npy version {}", version), "version 1, 2 or 3");
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    take(std::span(start).subspan(8, length_bytes));
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length |= std::uint32_t{start[8 + i]} << (8 * i);
    if (length > kLongestHeader) {
      fail(fmt::format("an .npy header of {} bytes", length),
           fmt::format("at most {} bytes", kLongestHeader));
    }
    std::vector<unsigned char> header(length);
    take(header);
    return {header.begin(), header.end()};
  }

  void check_order(std::string_view value) const {
    if (value.starts_with("False")) return;
    if (value.starts_with("True")) fail("an array in Fortran order", "C order");
    fail("an .npy header without `fortran_order`", "descr, fortran_order and shape");
  }

  const ElementType& read_type(std::string_view value) const {
    const std::size_t end = value.empty() ? std::string_view::npos : value.find(value.front(), 1);
    if (value.empty() || value.front() != '\'' || end == std::string_view::npos) {
      fail("an .npy header whose `descr` is not a plain type", "a type such as '<f4'");
    }
    const std::string_view code = value.substr(1, end - 1);
    const ElementType* type = find_type(code);
    if (type == nullptr) {
      std::vector<std::string_view> codes;
      for (const ElementType& known : kTypes) codes.push_back(known.code);
      fail(fmt::format("type {}", code), fmt::format("one of {}", fmt::join(codes, ", ")));
    }
    if (type != find_type(expected_.dtype)) {
      fail(fmt::format("type {}", type->name), fmt::format("{} from the manifest", expected_.dtype));
    }
    return *type;
  }

  std::vector<std::int64_t> read_shape(std::string_view value) const {
    const std::size_t close = value.find(')');
    if (!value.starts_with('(') || close == std::string_view::npos) {
      fail("an .npy header whose `shape` is not a tuple", "a shape such as (3, 4)");
    }
    std::vector<std::int64_t> shape;
    const char* at = value.data() + 1;
    const char* const end = value.data() + close;
    while (at != end) {
      if (*at == ' ' || *at == ',') {
        ++at;
        continue;
      }
      std::int64_t extent = 0;
      const auto parsed = std::from_chars(at, end, extent);
      if (parsed.ec != std::errc{} || extent < 0) {
        fail(fmt::format("shape {}", value.substr(0, close + 1)), "extents that fit 63 bits");
      }
      shape.push_back(extent);
      at = parsed.ptr;
    }
    return shape;
  }

  // The sizes agree before the first element is read.
  std::uint64_t checked_count() const {
    const auto count = element_count(shape_);
    const std::uint64_t data = source_.size() - std::min<std::uint64_t>(taken_, source_.size());
    const auto claim = count ? static_cast<std::uint64_t>(*count) : 0;
    if (!count || claim > data / type_->bytes || claim * type_->bytes != data) {
      fail(fmt::format("{} bytes of data", data),
           count ? fmt::format("{} x {} bytes for shape [{}]", claim, type_->bytes, fmt::join(shape_, ", "))
                 : "extents whose product fits 62 bits");
    }
    return claim;
  }

  void check_end() {
    // An archive compares checksums only when it is asked for what follows the last byte.
    std::array<unsigned char, 1> more{};
    if (source_.read(more) != 0) fail("bytes after the stated end", "none");
  }

  double checked(double value) const {
    if (!std::isfinite(value)) {
      fail(fmt::format("{} at [{}]", value, fmt::join(index_of_next(), ", ")), "finite numbers");
    }
    const bool is_integer = type_->code[1] == 'i' || type_->code[1] == 'u';
    if (is_integer && std::abs(value) > kLargestExactInteger) {
      fail(fmt::format("{:.0f} at [{}]", value, fmt::join(index_of_next(), ", ")),
           "integers of at most 2^53");
    }
    return value;
  }

  std::vector<std::int64_t> index_of_next() const {
    std::vector<std::int64_t> index(shape_.size());
    auto rest = static_cast<std::int64_t>(read_);
    for (std::size_t i = index.size(); i-- > 0;) {
      index[i] = rest % shape_[i];
      rest /= shape_[i];
    }
    return index;
  }

  ByteSource& source_;
  const TensorInfo& expected_;
  const ElementType* type_ = nullptr;
  std::vector<std::int64_t> shape_;
  std::uint64_t taken_ = 0;  // bytes
  std::uint64_t count_ = 0;  // elements
  std::uint64_t read_ = 0;
  std::vector<unsigned char> bytes_;
  std::vector<double> block_;
};

NpyReader::NpyReader(ByteSource& source, const TensorInfo& expected)
    : reading_(std::make_unique<Reading>(source, expected)) {}

NpyReader::~NpyReader() = default;

std::span<const double> NpyReader::next() {
  return reading_->next();
}

std::vector<std::string> npy_type_names() {
  std::vector<std::string> names;
  for (const ElementType& type : kTypes) names.emplace_back(type.name);
  for (const ElementType& type : kTypes) names.emplace_back(type.code);
  return names;
}

std::size_t npy_element_bytes(std::string_view type_name) {
  const ElementType* type = find_type(type_name);
  if (type == nullptr) throw ModelError(fmt::format("no element type {}", type_name));
  return type->bytes;
}

}  // namespace lnsim
