// Small programs and machines for timing tests.
#pragma once

#include <cstdint>

#include "models/accelerator.h"
#include "models/control/program.h"
#include "models/parameters.h"

namespace lnsim::test {

// One PE of 4 lanes x 8 elements, ports wide enough never to be the limit unless a test narrows them.
inline AcceleratorParameters small_machine(std::uint32_t pes = 1) {
  AcceleratorParameters machine;
  machine.dram = {.channels = 2, .channel_bytes_per_cycle = 32, .burst_bytes = 64, .latency_cycles = 20};
  machine.dma.outstanding_bursts = 64;
  machine.global_buffer = {.capacity_kib = 64, .banks = 8, .bank_bytes = 8};
  machine.bus = {
      .operand_bytes_per_cycle = 32, .return_bytes_per_cycle = 16, .latency_cycles = 2, .multicast = true};
  machine.pe.count = pes;
  machine.pe.lanes = 4;
  machine.pe.vector_size = 8;
  machine.pe.collector_entries = 8;
  machine.pe.buffer_a = {.capacity_bytes = 4096, .read_bytes_per_cycle = 32};
  machine.pe.buffer_b = {.capacity_bytes = 2048, .read_bytes_per_cycle = 8};
  machine.pe.ppu = {.values_per_cycle = 4, .latency_cycles = 3};
  machine.pe.vector_unit = {.operations_per_cycle = 8, .latency_cycles = 3};
  machine.weight_update = {.count = 2, .lanes = 2, .latency_cycles = 5};
  machine.datapath.pipeline_stages = 5;
  return machine;
}

inline Dependencies after(Counter counter, std::uint32_t value) {
  Dependencies dependencies;
  dependencies.require(counter, value);
  return dependencies;
}

// A product of M rows, N columns and K elements, all of it on the machine at once.
struct Gemm {
  std::uint32_t rows = 4;     // per PE
  std::uint32_t columns = 8;  // per PE
  std::uint32_t vectors = 1;
  PeGrid grid;
};

inline Load load_a(const Gemm& gemm, std::uint32_t vector_size, std::uint32_t pe_row) {
  Load load;
  load.target = LoadTarget::operand_a;
  load.pes = {pe_row * gemm.grid.columns, gemm.grid.columns, 1};
  load.bytes = std::uint64_t{gemm.rows} * gemm.vectors * vector_size;
  load.buffer_address = 1024 + pe_row * load.bytes;
  load.tile = {0, 0, pe_row * gemm.rows, gemm.rows, 0, gemm.vectors};
  return load;
}

inline Load load_b(const Gemm& gemm, std::uint32_t vector_size, std::uint32_t pe_column) {
  Load load;
  load.target = LoadTarget::operand_b;
  load.pes = {pe_column, gemm.grid.rows, gemm.grid.columns};
  load.bytes = std::uint64_t{gemm.columns} * gemm.vectors * vector_size;
  load.buffer_address = 8192 + pe_column * load.bytes;
  load.tile = {0, 0, pe_column * gemm.columns, gemm.columns, 0, gemm.vectors};
  return load;
}

inline Compute compute_all(const Gemm& gemm, std::uint32_t vector_size) {
  Compute compute;
  compute.groups = {0, 1, 1, 1};
  compute.rows = {0, gemm.rows, gemm.rows, gemm.rows * gemm.grid.rows};
  compute.columns = {0, gemm.columns, gemm.columns, gemm.columns * gemm.grid.columns};
  compute.vectors = gemm.vectors;
  compute.useful_elements = std::uint64_t{gemm.vectors} * vector_size;
  compute.output_address = 32768;
  return compute;
}

// Loads everything, computes, emits: no DRAM.
inline Program gemm_program(const Gemm& gemm, const AcceleratorParameters& machine) {
  Program program;
  program.grid = gemm.grid;
  std::uint32_t loaded = 0;
  for (std::uint32_t r = 0; r < gemm.grid.rows; ++r)
    loaded = program.add(load_a(gemm, machine.pe.vector_size, r), {});
  for (std::uint32_t c = 0; c < gemm.grid.columns; ++c) {
    loaded = program.add(load_b(gemm, machine.pe.vector_size, c), {});
  }
  program.add(compute_all(gemm, machine.pe.vector_size), after(Counter::loaded, loaded));
  return program;
}

}  // namespace lnsim::test
