// Values of a document with their units, for people.
#pragma once

#include <string>
#include <string_view>

namespace lnsim {

// 1.5e9 of `pJ` -> "1.50 mJ"; units that take no prefix (dB, %) are written behind the number.
std::string quantity_text(double value, std::string_view unit);

// `system_energy_pj` of unit pJ -> "system energy": names end with their unit.
std::string quantity_name(std::string_view name, std::string_view unit);

}  // namespace lnsim
