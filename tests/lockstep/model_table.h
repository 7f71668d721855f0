// The tables of Verilated models: which module, with which parameters.
//
// A table is text, one model per line:  NAME TOP PARAMETER=NUMBER ...   with # for comments. Choices are
// numbered by their position in the enumerations of models/arith. A parameter that a line leaves out has the
// module's default, so what the C++ side reads must be named. Parameters in small letters are for the C++
// side alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lnsim::lockstep {

struct ModelRow {
  std::string name;
  std::string top;
  std::map<std::string, std::int64_t> parameters;

  // Throws std::runtime_error, naming row and parameter, when the row has no such parameter.
  std::int64_t at(const std::string& parameter) const;
  bool has(const std::string& parameter) const { return parameters.count(parameter) != 0; }
};

// A copy of a module in which one text is replaced, built with the parameters of a row.
struct Mutation {
  std::string name;
  std::string row;
  std::string file;
  std::string text;
  std::string replacement;
};

// The row that a netlist was synthesised from, by the netlist's name.
inline std::string row_of_netlist(const std::string& netlist) {
  return netlist.substr(0, netlist.rfind("_netlist"));
}

// Throw std::runtime_error with file and line for what is not a table.
std::vector<ModelRow> read_models(const std::filesystem::path& table);
std::vector<Mutation> read_mutations(const std::filesystem::path& table);

template <class Row>
const Row& find_row(const std::vector<Row>& rows, const std::string& name) {
  for (const Row& row : rows)
    if (row.name == name) return row;
  throw std::runtime_error("no row " + name);
}

}  // namespace lnsim::lockstep
