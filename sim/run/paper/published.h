// What is published and what `lnsim paper` compares with: configs/paper/published.yaml and carbon.yaml, read.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/arith/datapath.h"
#include "models/events.h"
#include "sim/run/paper/printed_number.h"

namespace lnsim {

enum class Confidence : std::uint8_t { primary, secondary, unconfirmed };
inline constexpr std::array<std::string_view, 3> kConfidenceNames{"primary", "secondary", "unconfirmed"};

struct Provenance {
  std::string source;
  Confidence confidence = Confidence::unconfirmed;
};

enum class RowUse : std::uint8_t { fitted, predicted };
inline constexpr std::array<std::string_view, 2> kRowUseNames{"fitted", "predicted"};

// Energies per training iteration, mJ.
struct PublishedIteration {
  std::string name;
  RowUse use = RowUse::fitted;
  std::vector<std::string> workloads;
  std::map<arith::DatapathKind, PrintedNumber> energy_mj;
  Provenance from;
};

enum class Sense : std::uint8_t { about, over };
inline constexpr std::array<std::string_view, 2> kSenseNames{"about", "over"};
inline constexpr std::array<std::string_view, 2> kCountedLevelNames{"datapath", "processing_element"};

// Energy of another datapath over that of LNS.
struct PublishedClaim {
  std::string name;
  arith::DatapathKind over = arith::DatapathKind::fp32;
  double ratio = 1.0;  // a saving of s percent is a ratio of 1 / (1 - s/100)
  Sense sense = Sense::about;
  EnergyLevel counts = EnergyLevel::datapath;  // or processing_element
  std::string text;
  Provenance from;
};

struct Published {
  std::string name;
  std::vector<PublishedIteration> iterations;
  std::vector<PublishedClaim> claims;
  std::map<unsigned, PrintedNumber> conversion_fj_per_op;  // by table entries
  Provenance conversion_from;
  std::string carbon_network;  // name of a row of `iterations`
  double carbon_saved_percent = 0.0;
  Provenance carbon_from;
};

struct SourcedNumber {
  double value = 0.0;
  Provenance from;
};

// Inputs of the carbon of a training.
struct CarbonInputs {
  SourcedNumber training_images, epochs, joules_per_kwh, pue, grid_kg_per_kwh;

  double iterations() const { return training_images.value * epochs.value; }
  double kwh(double joules) const { return joules / joules_per_kwh.value; }
  double kg(double joules) const { return kwh(joules) * pue.value * grid_kg_per_kwh.value; }
};

// The inputs by their keys.
struct CarbonInput {
  std::string_view key;
  std::string_view unit;
  double lowest, highest;
  SourcedNumber CarbonInputs::*member;
};
inline constexpr std::array<CarbonInput, 5> kCarbonInputs{{
    {"training_images", "images", 1.0, 1e12, &CarbonInputs::training_images},
    {"epochs", "epochs", 1.0, 1e6, &CarbonInputs::epochs},
    {"joules_per_kwh", "J/kWh", 1.0, 1e9, &CarbonInputs::joules_per_kwh},
    {"pue", "", 1.0, 10.0, &CarbonInputs::pue},
    {"grid_kg_per_kwh", "kg/kWh", 0.0, 10.0, &CarbonInputs::grid_kg_per_kwh},
}};

// Both throw UserError with every mistake in the file.
Published read_published(const std::filesystem::path& path);
CarbonInputs read_carbon(const std::filesystem::path& path);

}  // namespace lnsim
