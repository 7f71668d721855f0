#include "tools/characterise/synthesise.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
#include "tools/characterise/run_program.h"

namespace lnsim::characterise {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> modules(const fs::path& rtl) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(rtl, error))
    if (entry.path().extension() == ".sv") files.push_back(entry.path());
  if (files.empty()) {
    throw UserError(Diagnostic{{rtl.string()}, "", "no SystemVerilog", "the folder models/rtl"});
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Carry-save adders as a multiplication leaves them have constant bits; each round of splitting and
// simplifying makes constants of the next level's inputs.
constexpr int kSplitRounds = 6;
// Levels of an adder tree: 3 numbers become 2, so that 16 of them cover 1000 numbers.
constexpr int kAdderLevels = 16;

std::string full_adder_commands(const FullAdder& adder) {
  std::string text;
  for (int round = 0; round < kSplitRounds; ++round)
    text += "techmap -map split_full_adder.v t:$fa\nopt -fast -full\n";
  if (!adder.inverts()) return text + "techmap -map full_adder.v t:$fa\n";
  // A full adder of complements gives complements. Behind a level that leaves its outputs complemented comes
  // one that takes its inputs so: an adder's level is the longest chain of adders before it.
  text += "splitnets\nselect -set later t:$fa\n";
  for (int level = 0; level < kAdderLevels; ++level) {
    text += fmt::format(
        "select -set all @later\nselect -set later @all %co1:+[X,Y] @all %d %co1:+[A,B,C] @all %i\n"
        "select -set level @all @later %d\ntechmap -map full_adder{}.v @level\n",
        level % 2 == 0 ? "" : "_of_complements");
  }
  return text + "techmap -map full_adder.v t:$fa\n";
}

// Yosys makes names of the paths it is given, and ABC's results follow the order of names: it is given the
// same paths wherever the folders stand.
constexpr std::string_view kRtlLink = "rtl";

std::string script(const Design& design, const SynthesisLibrary& library, const FullAdder* adder,
                   const Constraints& constraints, const fs::path& rtl, const fs::path& folder) {
  const auto seen = [&](const fs::path& file) {
    return fs::absolute(file).lexically_relative(fs::absolute(folder)).string();
  };
  std::string text;
  for (const fs::path& file : library.files) text += fmt::format("read_liberty -lib \"{}\"\n", seen(file));
  for (const fs::path& file : modules(rtl))
    text += fmt::format("read_verilog -sv \"{}/{}\"\n", kRtlLink, file.filename().string());
  text += fmt::format("read_verilog -sv design.sv\nhierarchy -check -top {}\nproc\nflatten\n", design.top);
  for (const BlockRule& rule : design.rules)
    text += fmt::format("setattr -set submod \"{}\" c:{}\n", rule.block, rule.cells);
  text += fmt::format(R"(opt
peepopt
opt
opt_clean -purge
splitnets -driver
setattr -set submod "{0}" c:* a:submod %d
memory -nomap
setattr -set submod "{1}" t:$mem*
submod
hierarchy -check -top {2}
rename -top {2}
opt_clean -purge
wreduce t:* t:$add %d t:$sub %d
peepopt
opt_clean
alumacc
wreduce
opt -full
opt_clean
opt -fast -full
memory_map
opt -undriven -fine
techmap t:$macc
opt -fast -full
{3}opt_clean
synth -run fine:check
dfflibmap -liberty "{4}"
abc -liberty "{5}" -constr abc.constr -D {6:.0f}
opt_clean -purge
flatten
opt_clean -purge
stat
write_json mapped.json
write_verilog -noattr -noexpr -norename -simple-lhs mapped.v
)",
                      kRegisters, kCollector, design.top, adder != nullptr ? full_adder_commands(*adder) : "",
                      seen(library.flip_flops), seen(library.combinational), constraints.period_ps);
  return text;
}

std::string end_of(const fs::path& log) {
  std::ifstream stream(log);
  std::stringstream text;
  text << stream.rdbuf();
  const std::string all = text.str();
  return all.size() > 600 ? "..." + all.substr(all.size() - 600) : all;
}

}  // namespace

MappedFiles synthesise(const Design& design, const SynthesisLibrary& library, const FullAdder* adder,
                       const Constraints& constraints, const SynthesisTools& tools, const fs::path& folder) {
  write_file(folder / "design.sv", design.verilog);
  if (adder != nullptr) {
    write_file(folder / "split_full_adder.v", full_adder_split());
    write_file(folder / "full_adder.v", full_adder_map(*adder, false));
    write_file(folder / "full_adder_of_complements.v", full_adder_map(*adder, true));
  }
  write_file(folder / "abc.constr", fmt::format("set_driving_cell {}\nset_load {:.4f} [all_outputs]\n",
                                                constraints.driving_cell, constraints.output_load_ff));
  fs::remove(folder / kRtlLink);
  fs::create_directory_symlink(fs::absolute(tools.rtl), folder / kRtlLink);
  write_file(folder / "synthesise.ys", script(design, library, adder, constraints, tools.rtl, folder));
  const MappedFiles files{folder / "mapped.json", folder / "mapped.v", folder / "yosys.log"};
  fs::remove(files.json);
  const int status = run_program({tools.yosys, "-q", "-s", "synthesise.ys"}, folder, files.log);
  if (status != 0 || !fs::exists(files.json)) {
    throw UserError(Diagnostic{{files.log.string()},
                               tools.yosys,
                               fmt::format("exit code {}: {}", status, end_of(files.log)),
                               "a mapped netlist (is Yosys installed?)"});
  }
  return files;
}

}  // namespace lnsim::characterise
