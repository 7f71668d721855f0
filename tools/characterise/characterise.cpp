#include "tools/characterise/characterise.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <numeric>

#include "sim/base/errors.h"
#include "sim/run/report/provenance.h"
#include "sim/run/workers.h"
#include "tools/characterise/gates/liberty.h"
#include "tools/characterise/run_program.h"
#include "tools/characterise/simulate_stream.h"
#include "tools/characterise/switching_fit.h"
#include "tools/characterise/table_designs.h"

namespace lnsim::characterise {
namespace {

namespace fs = std::filesystem;

// Blocks as rules name them: the first part of the path of a flattened cell.
struct Blocks {
  std::vector<std::string> names;
  std::vector<std::size_t> of;  // by MappedDesign::blocks()
};

Blocks blocks_of(const gates::MappedDesign& design) {
  Blocks blocks;
  for (const std::string& path : design.blocks()) {
    // submod puts the name of the top module in front.
    const std::string prefix = design.top() + "_";
    std::string name = path.substr(0, path.find('.'));
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    if (name.empty()) name = kRegisters;
    const auto found = std::find(blocks.names.begin(), blocks.names.end(), name);
    blocks.of.push_back(static_cast<std::size_t>(found - blocks.names.begin()));
    if (found == blocks.names.end()) blocks.names.push_back(name);
  }
  return blocks;
}

const gates::Cell& driving_cell(const gates::Library& library) {
  // A buffer of middling size is none that every library has: the smallest inverter is.
  const gates::Cell* smallest = nullptr;
  for (const auto& [name, cell] : library.cells) {
    if (cell.pins.size() != 2 || cell.flip_flop || !cell.other_state.empty()) continue;
    const auto output = std::find_if(cell.pins.begin(), cell.pins.end(), [](const gates::Pin& pin) {
      return pin.direction == gates::PinDirection::kOutput && pin.function.has_value() && !pin.three_state;
    });
    if (output == cell.pins.end() || output->function->names().size() != 1) continue;
    if ((output->function->evaluate({0xaa}) & 0xff) != 0x55) continue;
    if (smallest == nullptr || cell.area < smallest->area) smallest = &cell;
  }
  if (smallest == nullptr) throw UserError(Diagnostic{{}, "the library", "no inverter", "one"});
  return *smallest;
}

double input_capacitance_ff(const gates::Cell& cell) {
  for (const gates::Pin& pin : cell.pins)
    if (pin.direction == gates::PinDirection::kInput) return pin.capacitance_ff;
  return 0;
}

std::string program_version(const std::string& program, const fs::path& folder) {
  const fs::path log = folder / "yosys_version";
  if (run_program({program, "-V"}, folder, log) != 0) {
    throw UserError(Diagnostic{{}, program, "no such program", "Yosys (Debian package yosys)"});
  }
  std::ifstream stream(log);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::uint64_t seed_of_stream(const Specification& specification, std::size_t stream) {
  return specification.seed * 1000 + stream;
}

class DesignCharacteriser {
 public:
  DesignCharacteriser(const Specification& specification, const CharacteriseOptions& options,
                      const gates::Library& library, const SynthesisLibrary& synthesis,
                      const std::optional<FullAdder>& adder, const gates::TimingConditions& conditions)
      : specification_(specification),
        options_(options),
        library_(library),
        synthesis_(synthesis),
        adder_(adder),
        conditions_(conditions) {}

  DesignResult run(const DesignParameters& parameters,
                   const std::function<void(const std::string&)>& progress) const {
    progress(parameters.name + ": synthesis");
    const fs::path folder = options_.folder / parameters.name;
    fs::create_directories(folder);
    const gates::Cell& inverter = driving_cell(library_);
    const double asked_ps = 1000 / specification_.frequency_ghz;
    const MappedFiles files =
        synthesise(make_design(parameters), synthesis_, adder_ ? &*adder_ : nullptr,
                   {asked_ps, inverter.name, 4 * input_capacitance_ff(inverter)}, options_.tools, folder);
    const gates::MappedDesign design(library_, gates::read_netlist(files.json), files.json);
    const gates::StaticTiming timing(design, conditions_);

    DesignResult result;
    result.design = parameters;
    result.netlist_sha256 = file_hash(files.verilog);
    result.critical_path_ps = timing.critical_path_ps();
    result.critical_path = timing.critical_path();
    result.period_ps = std::max(asked_ps, std::ceil(timing.critical_path_ps()));
    const Blocks blocks = blocks_of(design);
    describe_blocks(design, blocks, result);
    const StreamSimulator simulator(design, timing, result.period_ps, blocks.of, blocks.names.size());
    for (std::size_t i = 0; i < specification_.streams.size(); ++i) {
      const StreamParameters& stream = specification_.streams[i];
      if (!chosen(options_.streams, stream.name)) continue;
      if (parameters.unit != Unit::lane && stream.kind == StreamKind::recorded) continue;
      progress(fmt::format("{}: {}", parameters.name, stream.name));
      StreamResult energy = run_stream(parameters, stream, seed_of_stream(specification_, i), simulator);
      energy.stream = stream.name;
      energy.role = stream.role;
      result.streams.push_back(std::move(energy));
    }
    if (parameters.unit == Unit::lane) {
      add_idle_streams(parameters, simulator, result);
      result.switching = fit_switching(result);
    }
    return result;
  }

  static bool chosen(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  }

 private:
  static void describe_blocks(const gates::MappedDesign& design, const Blocks& blocks, DesignResult& result) {
    for (const std::string& name : blocks.names) result.blocks.push_back({name});
    const std::vector<double> areas = gates::area_by_block(design);
    for (std::size_t i = 0; i < areas.size(); ++i) {
      result.blocks[blocks.of[i]].area_um2 += areas[i];
      result.area_um2 += areas[i];
    }
    for (const gates::Instance& instance : design.instances()) {
      ++result.blocks[blocks.of[instance.block]].cells;
      ++result.cells;
      if (instance.kind->flip_flop) ++result.flip_flops;
    }
  }

  SimulationLength length(const DesignParameters& parameters) const {
    SimulationLength result;
    // Whole holds, of which a batch has some.
    result.batch_cycles = parameters.unit == Unit::lane ? 8 * parameters.collector_entries : 128;
    result.largest_cycles = specification_.largest_cycles;
    result.standard_error = specification_.standard_error_percent / 100;
    return result;
  }

  static unsigned warm_up(const DesignParameters& parameters) {
    return parameters.unit == Unit::lane
               ? 1 + 2 * parameters.collector_entries + parameters.datapath.pipeline_stages
               : 2 + parameters.latency_cycles;
  }

  StreamResult run_stream(const DesignParameters& parameters, const StreamParameters& stream,
                          std::uint64_t seed, const StreamSimulator& simulator) const {
    std::unique_ptr<Stimulus> stimulus;
    switch (parameters.unit) {
      case Unit::lane:
        stimulus = make_lane_stimulus(
            parameters, make_operand_stream(stream, parameters, seed, specification_.file.parent_path()));
        break;
      case Unit::ppu_quantiser:
        stimulus = make_quantiser_stimulus(parameters, stream, seed);
        break;
      case Unit::madam_lane:
      case Unit::sgd_lane:
      case Unit::adam_lane:
        stimulus = make_update_stimulus(parameters, stream, seed);
        break;
    }
    return simulator.run(*stimulus, warm_up(parameters), length(parameters));
  }

  void add_idle_streams(const DesignParameters& parameters, const StreamSimulator& simulator,
                        DesignResult& result) const {
    const auto zeros = make_lane_stimulus(parameters, make_zero_stream(parameters));
    result.streams.push_back(simulator.run(*zeros, warm_up(parameters), length(parameters)));
    result.streams.back().stream = "zero_operands";
    result.streams.back().use = StreamUse::idle_operands;
    StreamParameters uniform;
    auto operands = make_operand_stream(uniform, parameters, specification_.seed, {});
    const auto idle = make_idle_stimulus(parameters, std::move(operands), warm_up(parameters));
    const unsigned drained = warm_up(parameters) + parameters.datapath.pipeline_stages + 2;
    result.streams.push_back(simulator.run(*idle, drained, length(parameters)));
    result.streams.back().stream = "held_operands";
    result.streams.back().use = StreamUse::idle_cycles;
  }

  const Specification& specification_;
  const CharacteriseOptions& options_;
  const gates::Library& library_;
  const SynthesisLibrary& synthesis_;
  const std::optional<FullAdder>& adder_;
  gates::TimingConditions conditions_;
};

template <class Named>
void check_chosen(const std::vector<std::string>& names, const std::vector<Named>& items, const char* what) {
  std::vector<std::string> known;
  for (const Named& item : items) known.push_back(item.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw UserError(Diagnostic{{}, what, name, fmt::format("one of {}", fmt::join(known, ", "))});
  }
}

}  // namespace

unsigned DesignResult::operations() const {
  return design.unit == Unit::lane ? design.vector_size : 1;
}

const StreamResult* table_stream(const Characterisation& characterisation, const DesignResult& design) {
  if (!design.design.energy_table) return nullptr;
  const auto found =
      std::find_if(design.streams.begin(), design.streams.end(), [&](const StreamResult& stream) {
        return stream.use == StreamUse::work && stream.stream == characterisation.specification.table_stream;
      });
  return found == design.streams.end() ? nullptr : &*found;
}

Characterisation characterise(const Specification& specification, const CharacteriseOptions& options,
                              const std::function<void(const std::string&)>& progress) {
  check_chosen(options.designs, specification.designs, "designs");
  check_chosen(options.streams, specification.streams, "streams");
  std::vector<DesignParameters> designs;
  for (const DesignParameters& design : specification.designs)
    if (DesignCharacteriser::chosen(options.designs, design.name)) designs.push_back(design);
  if (DesignCharacteriser::chosen(options.streams, specification.table_stream))
    check_one_design_per_entry(designs, specification.file);
  const gates::Library library = gates::read_liberty(options.liberty);
  Characterisation result;
  result.specification = specification;
  result.liberty = options.liberty;
  for (const fs::path& file : options.liberty) result.liberty_sha256.push_back(file_hash(file));
  result.libraries = library.names;
  result.node = options.node;
  result.voltage = library.voltage;
  result.temperature_c = library.temperature_c;
  result.operating_conditions = library.operating_conditions;
  result.yosys_version = program_version(options.tools.yosys, options.folder);
  result.conditions = gates::fanout_of_four(library);
  const std::optional<FullAdder> adder = find_full_adder(library);
  if (adder) result.full_adder = adder->cell;
  const SynthesisLibrary synthesis = write_synthesis_library(options.liberty, library, options.folder);

  result.designs.resize(designs.size());
  const DesignCharacteriser characteriser(specification, options, library, synthesis, adder,
                                          result.conditions);
  std::mutex mutex;
  const auto report = [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    progress(text);
  };
  std::vector<std::size_t> order(designs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  run_tasks(order, worker_count(options.jobs), [&](std::size_t, std::size_t task) {
    result.designs[task] = characteriser.run(designs[task], report);
  });
  return result;
}

}  // namespace lnsim::characterise
