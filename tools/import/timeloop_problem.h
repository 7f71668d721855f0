// The problems of a Timeloop file (NVlabs/timeloop, problem-shapes and src/workload; version 0.4 of the
// specification and the ones before): `problem` holds a shape and an instance, or is a list of such maps. A
// shape names dimensions, coefficients, and data spaces with their projections; the instance bounds the
// dimensions and gives coefficients. Before version 0.4 the instance's keys may stand beside the shape, keys
// are spelt with `-`, and the shape may be the name of one that Timeloop brings with it (cnn-layer, the one
// meant when there is none, or gemm-ABZ).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/yaml_document.h"

namespace lnsim::timeloop {

// dimension x coefficient
struct Term {
  std::size_t dimension;
  std::int64_t coefficient;
};

struct DataSpace {
  std::string name;
  bool written = false;
  std::vector<std::vector<Term>> axes;  // each the sum of its terms
};

struct Problem {
  std::string file;
  std::string path;  // `problem` or `problem[2]`
  YamlMark mark;
  std::vector<std::string> dimensions;
  std::vector<std::int64_t> bounds;  // one per dimension, from 1 to 2^31
  std::vector<DataSpace> spaces;
  bool has_densities = false;
};

// At least one. The file may be packed with gzip. Throws UserError for a file that holds more than
// `largest_bytes`, that sim/base/yaml_document.h does not read, that is a template (Jinja) or holds no
// problem, with line and column of every mistake.
std::vector<Problem> read_problems(const std::filesystem::path& path,
                                   std::size_t largest_bytes = kYamlLargestBytes);

}  // namespace lnsim::timeloop
