// What of a program's commands decides their timing: commands with equal signatures, whose dependencies are
// met alike, take the same course in the same state of the machine.
//
// Addresses count as far as they choose banks of the global buffer and channels of the DRAM, tiles as far as
// they give each PE its share.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/base/hash.h"

namespace lnsim {

// One number per command; equal numbers, equal signatures.
std::vector<std::uint32_t> timing_signatures(const Program& program, const AcceleratorParameters& machine);

// Of all that decides a program's timing and events on this machine: programs with equal fingerprints take
// the same course.
Fingerprint timing_fingerprint(const Program& program, const AcceleratorParameters& machine);

}  // namespace lnsim
