// Used by the build of the lockstep suite.
//
//   lockstep_tool arguments TABLE ROW OUTPUT
//     Verilator's arguments for a row's parameters
//   lockstep_tool defaults TABLE ROW SOURCES OUTPUT
//     a module whose defaults are a row's parameters
//   lockstep_tool synthesis TABLE ROW SOURCES FOLDER
//     a script for Yosys, FOLDER/script, that writes a row's netlist FOLDER/TOP.v
//   lockstep_tool mutate MUTATIONS NAME SOURCES FOLDER
//     a mutant's source
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "tests/lockstep/lane_parameters.h"
#include "tests/lockstep/madam_parameters.h"
#include "tests/lockstep/model_table.h"
#include "tests/lockstep/quantiser_parameters.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::lockstep {
namespace {

namespace fs = std::filesystem;

// Parameters that follow from a row's others, as the product's own classes compute them.
std::string derived_arguments(const ModelRow& row) {
  std::string text;
  if (row.has("LOG2_TABLE")) text += fmt::format("-GCONSTANTS={}\n", lns_constants(row));
  if (row.has("EXACT") && row.at("EXACT") != 0) {
    const LaneParameters lane = lns_lane_parameters(row);
    const auto a = arith::make_format(lane.a), b = arith::make_format(lane.b);
    text += fmt::format("-GACC_BITS={}\n", arith::make_datapath(lane.datapath, *a, *b)->accumulator_bits());
  }
  if (row.top == "ppu_quantiser") {
    const QuantiserParameters q = quantiser_parameters(row);
    text += fmt::format(
        "-GLOG2_GRID={}\n-GLSB_OCTAVE={}\n-GTHRESHOLDS={}\n", q.log2_grid, q.lsb_octave,
        characterise::quantiser_thresholds(q.log2_grid, q.datapath.midpoint, q.datapath.quantiser_bits));
  }
  if (row.top == "pe") {
    const auto grid = static_cast<unsigned>(
        std::max({row.at("LOG2_GAMMA_A"), row.at("LOG2_GAMMA_B"), row.at("LOG2_GAMMA_OUT")}));
    text += fmt::format("-GTHRESHOLDS={}\n", characterise::quantiser_thresholds(
                                                 grid, static_cast<arith::Midpoint>(row.at("midpoint")),
                                                 static_cast<unsigned>(row.at("QUANTISER_BITS"))));
  }
  if (row.top == "madam_lane") text += madam_tables(row);
  return text;
}

std::string arguments_of(const ModelRow& row) {
  std::string text;
  for (const auto& [parameter, value] : row.parameters)
    if (std::isupper(parameter[0]) != 0) text += fmt::format("-G{}={}\n", parameter, value);
  return text + derived_arguments(row);
}

void write_arguments(const fs::path& table, const std::string& name, const fs::path& output) {
  std::ofstream(output) << arguments_of(find_row(read_models(table), name));
}

std::string read_source(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Where Verilator hands parameters of the command line to blocks too, which do not know them.
void write_defaults(const fs::path& table, const std::string& name, const fs::path& sources,
                    const fs::path& output) {
  const ModelRow row = find_row(read_models(table), name);
  std::string source = read_source(sources / (row.top + ".sv"));
  std::istringstream arguments(arguments_of(row));
  for (std::string argument; std::getline(arguments, argument);) {
    const std::size_t equals = argument.find('=');
    const std::string parameter = argument.substr(2, equals - 2);
    const std::regex declaration("(\\bparameter [^=]*\\b" + parameter + "\\s*=)[^;]*?,\n");
    if (!std::regex_search(source, declaration))
      throw std::runtime_error(fmt::format("{} has no parameter {}", row.top, parameter));
    source = std::regex_replace(source, declaration, "$1 " + argument.substr(equals + 1) + ",\n");
  }
  std::ofstream(output) << source;
}

void write_synthesis(const fs::path& table, const std::string& name, const fs::path& sources,
                     const fs::path& folder) {
  const ModelRow row = find_row(read_models(table), name);
  std::ofstream script(folder / "script");
  script << fmt::format("read_verilog -sv {}/*.sv\n", sources.string());
  std::istringstream arguments(arguments_of(row));
  for (std::string argument; std::getline(arguments, argument);) {
    argument.replace(argument.find('='), 1, " ");
    script << fmt::format("chparam -set {} {}\n", argument.substr(2), row.top);
  }
  script << fmt::format("synth -flatten -top {0}\nrename -top {0}\nwrite_verilog -noattr {1}/{0}.v\n",
                        row.top, folder.string());
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

void write_mutant(const fs::path& table, const std::string& name, const fs::path& sources,
                  const fs::path& folder) {
  const Mutation mutation = find_row(read_mutations(table), name);
  std::string source = read_source(sources / mutation.file);
  const std::size_t found = occurrences(source, mutation.text);
  if (found != 1) {
    throw std::runtime_error(fmt::format("mutant {}: '{}' stands {} times in {}, expected once", name,
                                         mutation.text, found, mutation.file));
  }
  source.replace(source.find(mutation.text), mutation.text.size(), mutation.replacement);
  std::ofstream(folder / mutation.file) << source;
}

void run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 4 && arguments[0] == "arguments") {
    write_arguments(arguments[1], arguments[2], arguments[3]);
  } else if (arguments.size() == 5 && arguments[0] == "synthesis") {
    write_synthesis(arguments[1], arguments[2], arguments[3], arguments[4]);
  } else if (arguments.size() == 5 && arguments[0] == "mutate") {
    write_mutant(arguments[1], arguments[2], arguments[3], arguments[4]);
  } else if (arguments.size() == 5 && arguments[0] == "defaults") {
    write_defaults(arguments[1], arguments[2], arguments[3], arguments[4]);
  } else {
    throw std::runtime_error(
        "usage: lockstep_tool arguments TABLE ROW OUTPUT | synthesis TABLE ROW SOURCES FOLDER | "
        "mutate MUTATIONS NAME SOURCES FOLDER | "
        "defaults TABLE ROW SOURCES OUTPUT");
  }
}

}  // namespace
}  // namespace lnsim::lockstep

int main(int count, char** arguments) {
  try {
    lnsim::lockstep::run({arguments + 1, arguments + count});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "lockstep_tool: " << error.what() << '\n';
    return 1;
  }
}
