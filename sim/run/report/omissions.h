// What the model leaves out. Printed with every report, so that nobody reads more into a figure than it
// holds.
#pragma once

#include <array>
#include <string_view>

namespace lnsim {

inline constexpr std::array<std::string_view, 11> kOmissions{
    "Operators run one after the other: the machine drains between two of them, and nothing stays in "
    "the global buffer. Very large operations run as several smaller ones.",
    "Values of operators without a product (normalisation, activation, pooling, softmax, loss) are "
    "not computed; their time, traffic and energy are.",
    "DRAM has bandwidth, latency, channels and bursts; rows, refresh, bank groups and read-write "
    "turnaround are not modelled.",
    "A result tile is written back as one run of bytes: rows of it that lie apart in DRAM are not "
    "charged as bursts of their own.",
    "Pooling windows are taken as 2x2 (adaptive ones as 8x8); parameters of normalisation layers and "
    "dropout masks are not moved.",
    "A PE forms any operand vector from the elements in its buffer in one cycle; conflicts inside "
    "BufferA and BufferB are not modelled.",
    "Instruction fetch, the host, its interface and the loading of the first batch are not modelled.",
    "Biases and normalisation parameters are updated by the same units and at the same cost as "
    "weights.",
    "Without recorded operands, energy does not depend on the data.",
    "Energy tables give one cost per event, and a byte of a memory its share of a whole access; wires, "
    "clock tree and leakage are in it only where the table says so.",
    "Activations kept for the backward pass are stored in the activation format; no recomputation is "
    "modelled.",
};

// Of a run whose values went through a chain: what it leaves out instead of the second.
inline constexpr std::string_view kOmissionOfChains =
    "Values of operators without a product (normalisation, activation, pooling, softmax, loss) and biases "
    "are computed in double precision; the rounding of the vector unit is not modelled.";

inline std::array<std::string_view, kOmissions.size()> omissions(bool chained) {
  auto lines = kOmissions;
  if (chained) lines[1] = kOmissionOfChains;
  return lines;
}

}  // namespace lnsim
