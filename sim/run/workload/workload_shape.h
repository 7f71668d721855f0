// The sizes a generated training iteration has.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lnsim {

// What stands on a transformer: scores over the vocabulary for every token and their cross entropy, or
// nothing, so that the backward pass starts with a given gradient of the last layer's output.
enum class Head : std::uint8_t { vocabulary, none };
inline constexpr std::array<std::string_view, 2> kHeadNames{"vocabulary", "none"};

struct WorkloadShape {
  std::int64_t batch = 1;    // images or sequences
  std::int64_t image = 224;  // pixels along a side
  std::int64_t layers = 1, hidden = 1, heads = 1;
  std::int64_t seq = 1;  // tokens of a sequence
  std::int64_t vocab = 1;
  Head head = Head::vocabulary;
};

}  // namespace lnsim
