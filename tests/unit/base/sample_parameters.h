// A small machine that uses every call of sim/base/describe.h, for the tests of its visitors.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/describe.h"

namespace lnsim {

enum class Engine : std::uint8_t { steam, diesel, electric };
inline constexpr std::array<std::string_view, 3> kEngineNames{"steam", "diesel", "electric"};

struct Wagon {
  std::uint16_t seats = 40;

  template <class Visitor>
  void describe(Visitor& v) {
    v.integer("seats", seats, {0, 200}, "seats", "Seats.");
  }
};

struct Boiler {
  double pressure_bar = 12.5;
  std::uint32_t tubes = 64;

  template <class Visitor>
  void describe(Visitor& v) {
    v.real("pressure_bar", pressure_bar, {1.0, 30.0}, "bar", "Pressure.");
    v.integer("tubes", tubes, {16, 256, true}, "tubes", "Tubes.");
  }
};

struct Train {
  std::string name = "unnamed";
  bool brakes = true;
  Engine engine = Engine::steam;
  Boiler boiler;
  double power_mw = 2.0;
  int gears = 6;
  std::vector<Wagon> wagons;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("name", name, "Name.");
    v.boolean("brakes", brakes, "Whether it stops.");
    v.choice("engine", engine, kEngineNames, "What pulls.");
    v.when(engine == Engine::steam, "engine: steam", [&] { v.section("boiler", boiler, "Steam."); });
    v.when(engine != Engine::steam, "engine: diesel or electric", [&] {
      v.real("power_mw", power_mw, {0.1, 10.0}, "MW", "Power.");
      v.when(engine == Engine::diesel, "engine: diesel", [&] {
        v.integer("gears", gears, {-1, 12}, "", "Gears.");
      });
    });
    v.list("wagons", wagons, "Wagons.");
  }
};

}  // namespace lnsim
