// Bits that are set, and bits that differ, in arrays of words: by the vector instructions of the machine it
// runs on (Highway, chosen at run time). Arrays of up to 2^26 words.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lnsim::arith {

std::uint64_t count_bits(const std::uint32_t* x, std::size_t words);
std::uint64_t count_bits(const std::uint64_t* x, std::size_t words);
std::uint64_t count_differing_bits(const std::uint32_t* x, const std::uint32_t* y, std::size_t words);

}  // namespace lnsim::arith
