// The same machine for operands of another width.
//
// Held in elements, what belongs to a PE or feeds it grows with the operands: capacity and read port of
// BufferA and BufferB, operand and return bus, bank width of the global buffer, all by the ratio of the
// widest operand format (weight, activation, error), rounded up (bank width: to a power of two). So every PE
// holds, reads and receives as many elements per cycle as before. Capacity of the global buffer, DRAM, DMA
// and weight-update units stay, as memories that a chip has whatever it computes with (our choice). Held in
// bytes, nothing changes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/parameters.h"

namespace lnsim {

enum class SizesHeld : std::uint8_t { elements, bytes };
inline constexpr std::array<std::string_view, 2> kSizesHeldNames{"elements", "bytes"};

// Storage bits of the widest operand.
unsigned operand_bits(const FormatsParameters& formats);

// `machine` with its sizes in the proportion to_bits : from_bits.
void scale_operand_paths(AcceleratorParameters& machine, unsigned from_bits, unsigned to_bits);

// Throws UserError with every parameter out of its range and buffers that cannot hold two vectors. `whose`
// says in the message where the machine is from.
void check_sizes(AcceleratorParameters machine, std::string_view whose);

}  // namespace lnsim
