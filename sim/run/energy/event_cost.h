// A cost with what is known about it: source, basis and how wrong it may be.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace lnsim {

// How a figure came to be, the surest first. A figure made of several is as sure as the least sure of them.
// `scaled` is never written in a table: it marks figures carried to another technology.
enum class Basis : std::uint8_t { measured, characterised, published, derived, our_choice, scaled };
inline constexpr std::array<std::string_view, 6> kBasisNames{"measured", "characterised", "published",
                                                             "derived",  "our_choice",    "scaled"};
inline constexpr std::size_t kWrittenBases = 5;  // the first ones: those that a table may use

// The true figure lies between `low` and `high` times the one given; 1 and 1 where nobody says.
struct Uncertainty {
  double low = 1.0;
  double high = 1.0;
};

// Points of a table may be left by so much at either end.
inline constexpr double kCostExtrapolation = 4.0;

struct EventCost {
  double pj = 0.0;     // per count
  std::string source;  // where the number is from
  Basis basis = Basis::our_choice;
  Uncertainty uncertainty;
};

inline std::string_view name_of(Basis basis) {
  return kBasisNames[static_cast<std::size_t>(basis)];
}

}  // namespace lnsim
