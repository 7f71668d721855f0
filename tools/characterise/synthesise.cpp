#include "tools/characterise/synthesise.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/report/output_file.h"
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

std::string script(const Design& design, const SynthesisLibrary& library, bool full_adders,
                   const Constraints& constraints, const fs::path& rtl) {
  std::string text;
  for (const fs::path& file : library.files) text += fmt::format("read_liberty -lib \"{}\"\n", file.string());
  for (const fs::path& file : modules(rtl)) text += fmt::format("read_verilog -sv \"{}\"\n", file.string());
  text += fmt::format("read_verilog -sv design.sv\nhierarchy -check -top {}\nproc\nflatten\n", design.top);
  for (const BlockRule& rule : design.rules)
    text += fmt::format("setattr -set submod \"{}\" c:{}\n", rule.block, rule.cells);
  text +=
      fmt::format(R"(opt -full
wreduce
peepopt
opt -full
opt_clean -purge
splitnets -driver
setattr -set submod "{0}" c:* a:submod %d
memory -nomap
setattr -set submod "{1}" t:$mem*
submod
hierarchy -check -top {2}
rename -top {2}
opt_clean -purge
synth -run begin:fine
opt -fast -full
memory_map
opt -undriven -fine
techmap t:$macc
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
                  kRegisters, kCollector, design.top, full_adders ? "techmap -map full_adder.v t:$fa\n" : "",
                  library.flip_flops.string(), library.combinational.string(), constraints.period_ps);
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
  if (adder != nullptr) write_file(folder / "full_adder.v", full_adder_map(*adder));
  write_file(folder / "abc.constr", fmt::format("set_driving_cell {}\nset_load {:.4f} [all_outputs]\n",
                                                constraints.driving_cell, constraints.output_load_ff));
  write_file(folder / "synthesise.ys",
             script(design, library, adder != nullptr, constraints, fs::absolute(tools.rtl)));
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
