// The DRAM requests of a run as a trace for DRAMSys (tukl-msd/DRAMSys, configs/README.md, `STL Traces`): a
// line `cycle: (bytes) read|write 0xADDRESS` per burst, in the order and the cycle in which the DMA unit asks
// for it. Lines that begin with # are comments.
//
// Cycles count from the beginning of the first operation, in the machine's clock; the first comment gives the
// clkMhz for DRAMSys' `tracesetup`. A partial burst asks for a whole one, at its first byte. Every
// operation's program lays its tensors out from address 0 on, so addresses of different operations say
// nothing of each other. No data: the traces are for DRAMSys' StoreMode NoStorage. With an STL trace DRAMSys
// asks in the given cycles, however late its answers are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>

#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/iteration.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct DramTraceTotals {
  std::uint64_t reads = 0, writes = 0;  // bursts
  std::uint64_t cycles = 0;
};

// Of one operation of the trace, or of all, one after the other. A line is some 28 bytes: 390 MB for an
// iteration of ResNet-50 of two images. Throws what run_iteration throws.
DramTraceTotals write_dramsys_trace(std::ostream& out, const Trace& trace, const RunConfig& config,
                                    const EnergyCosts& costs, std::optional<std::size_t> operation,
                                    const Progress& progress);

}  // namespace lnsim
