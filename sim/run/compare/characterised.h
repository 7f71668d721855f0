// What a gate-level characterisation says of datapaths: energy and area by block.
//
// A YAML file with the keys `name`, `conditions` (node, voltage, temperature, includes: text) and
// `datapaths`, a list of
//
//     datapath: lns                 a datapath.kind
//     table_entries: 8              of an LNS datapath only
//     product_octaves: 31.75        likewise, and may be left out (product_octaves.h)
//     source: "..."                 the command that made the figures
//     blocks:                       one or more; the datapath is their sum
//       constant_multiply: {fj_per_mac: 1.5, um2_per_multiplier: 20.1}
//
// `lnsim characterise` writes such files; what else they say is not looked at.
//
// fj_per_mac: energy per useful multiply-accumulate of a lane whose slots are all used, in fJ.
// um2_per_multiplier: area of a lane over its multipliers, in um2. Both from 0.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "models/parameters.h"

namespace lnsim {

inline constexpr double kPublishedOctaves = 2 * 127 / 8.0;

struct CharacterisedBlock {
  std::string name;
  double fj_per_mac = 0.0;
  double um2_per_multiplier = 0.0;
};

struct CharacterisedDatapath {
  arith::DatapathKind kind = arith::DatapathKind::lns;
  std::optional<unsigned> table_entries;  // of an LNS datapath
  std::optional<double> product_octaves;  // of an LNS datapath; nothing: any
  std::string source;
  std::vector<CharacterisedBlock> blocks;

  double fj_per_mac() const;
  double um2_per_multiplier() const;
};

struct Characterisation {
  std::string name;
  std::string conditions;
  std::vector<CharacterisedDatapath> datapaths;

  // Null when the file has no such datapath. `table_entries` and the octaves of products count for LNS only;
  // those of two operands of 8 bits and base factor 8 are what the publication is about.
  const CharacterisedDatapath* find(arith::DatapathKind kind, unsigned table_entries,
                                    std::optional<double> product_octaves = kPublishedOctaves) const;
};

// Area of all multiply-accumulate lanes of a machine; nothing where the characterisation has none of its
// datapath.
std::optional<double> lanes_um2(const AcceleratorParameters& machine, const Characterisation& from);

// Throws UserError with every mistake in the file.
Characterisation read_characterisation(const std::filesystem::path& path);

}  // namespace lnsim
