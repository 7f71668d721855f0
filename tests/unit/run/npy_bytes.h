// Writes .npy bytes for tests, right or wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace lnsim {

inline std::string npy_header_text(const std::string& type, const std::string& shape,
                                   const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

inline std::string npy_bytes(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  const auto length = static_cast<std::uint32_t>(header.size());
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes += static_cast<char>((length >> (8 * i)) & 0xFFU);
  return bytes + header + data;
}

template <class Value>
std::string raw_bytes(const std::vector<Value>& values) {
  std::string bytes(values.size() * sizeof(Value), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace lnsim
