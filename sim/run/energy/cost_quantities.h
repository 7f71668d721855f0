// What the cost of an event may depend on: choices and sizes of the machine, by the names that energy tables
// use. configs/energy/README.md says what each is.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "models/events.h"
#include "models/parameters.h"
#include "sim/base/describe.h"

namespace lnsim {

// A choice of the machine, and the selector by it.
struct CostChoice {
  std::string_view name;
  std::string_view selector;
  ChoiceNames values;
};
inline constexpr std::array<CostChoice, 4> kCostChoices{{
    {"datapath", "by_datapath", arith::kDatapathKindNames},
    {"optimizer", "by_optimizer", kOptimizerKindNames},
    {"DRAM", "by_dram", kDramTypeNames},
    {"float accumulation", "by_float_accumulation", arith::kFloatAccumulationNames},
}};

// A size of the machine, the selector by it (none: it can be a factor only), and its unit.
struct CostSize {
  std::string_view name;
  std::string_view selector;
  std::string_view unit;
};
inline constexpr std::array<CostSize, 11> kCostSizes{{
    {"capacity_bytes", "by_capacity_bytes", "B"},
    {"bits", "by_bits", "bit"},
    {"table_entries", "by_table_entries", "table entries"},
    {"product_octaves", "by_product_octaves", "octaves of products"},
    {"vector_size", "by_vector_size", "elements"},
    {"collector_entries", "by_collector_entries", "collector entries"},
    {"register_bits", "", "register bits"},
    {"vector_operations", "", "operations per cycle"},
    {"update_lanes", "", "update lanes"},
    {"mm", "", "mm"},
    {"ns", "", "ns"},
}};

// The memory behind an event.
struct SramShape {
  double bank_bytes = 0;  // capacity of a bank
  double width_bits = 0;  // of an access to a bank
  double banks = 0;
  double ports = 1;
};

// What an event of a memory is: a byte read, a byte written, or a cycle of all its banks.
enum class SramQuantity : std::uint8_t { read, write, leakage };
inline constexpr std::array<std::string_view, 3> kSramQuantityNames{"read", "write", "leakage"};

struct CostQuantities {
  std::map<std::string_view, std::string_view> choices;  // by name in kCostChoices
  std::map<std::string_view, double> sizes;         // by name in kCostSizes; only those that the event has
  std::optional<SramShape> sram;                    // of an event of a memory, with
  SramQuantity sram_quantity = SramQuantity::read;  // what it counts
};

CostQuantities quantities_of(Event event, const AcceleratorParameters& machine);

}  // namespace lnsim
