#include "tests/unit/characterise/gates/icarus.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/unit/characterise/gates/verilog_models.h"
#include "tools/characterise/gates/sdf.h"

namespace lnsim::gates {
namespace {

namespace fs = std::filesystem;

std::string plain(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      result += c;
    } else {
      result += fmt::format("_{:02x}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

// `text` with every match replaced by what `replacement` makes of its first group.
template <class Replacement>
std::string replaced(const std::string& text, const std::regex& pattern, Replacement replacement) {
  std::string result;
  auto from = text.begin();
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    result.append(from, text.begin() + match->position());
    result += replacement(match->str(1));
    from = text.begin() + match->position() + match->length();
  }
  return result.append(from, text.end());
}

std::string plain_verilog(const std::string& text) {
  return replaced(text, std::regex(R"(\\(\S+)\s)"),
                  [](const std::string& name) { return plain(name) + " "; });
}

std::string plain_sdf(const std::string& text) {
  static const std::regex escape(R"(\\(.))");
  return replaced(text, std::regex(R"(\(INSTANCE ((?:\\.|\w)+))"), [](const std::string& name) {
    return "(INSTANCE " + plain(std::regex_replace(name, escape, "$1"));
  });
}

std::string file_text(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// All ports of a cycle in one number, the first port lowest.
std::string memory_line(const MappedDesign& design, const Stimulus& stimulus, std::size_t cycle) {
  std::string bits;
  for (std::size_t i = 0; i < stimulus.ports.size(); ++i) {
    const auto& words = stimulus.cycles[cycle][i];
    const std::size_t width = design.ports()[stimulus.ports[i]].nets.size();
    for (std::size_t bit = 0; bit < width; ++bit)
      bits += bit / 64 < words.size() && (words[bit / 64] >> (bit % 64) & 1U) != 0 ? '1' : '0';
  }
  return std::string(bits.rbegin(), bits.rend()) + "\n";
}

std::string bench(const MappedDesign& design, const Stimulus& stimulus, bool delays, double period_ps) {
  std::string connections =
      design.clock() == kConstantZero ? "" : fmt::format(".{}(clock)", design.net_names()[design.clock()]);
  std::size_t width = 0;
  for (const std::size_t port : stimulus.ports) {
    const NetlistPort& of = design.ports()[port];
    connections += fmt::format("{}.{}(in[{}:{}])", connections.empty() ? "" : ", ", of.name,
                               width + of.nets.size() - 1, width);
    width += of.nets.size();
  }
  return fmt::format(R"(`timescale 1ps/100fs
module bench;
  reg clock = 0;
  reg [{0}:0] in = 0;
  reg [{0}:0] values [0:{1}];
  integer i;
  {2} dut ({3});
  initial begin
    {4}
    $readmemb("values", values);
    #{5} $dumpfile("changes.vcd");
    $dumpvars(1, dut);
    for (i = 0; i <= {1}; i = i + 1) begin
      #{6} clock = 1;
      in <= values[i];
      #{6} clock = 0;
    end
    #{5} $finish(0);
  end
endmodule
)",
                     width - 1, stimulus.cycles.size() - 1, design.top(), connections,
                     delays ? "$sdf_annotate(\"delays.sdf\", dut);" : "", 10 * period_ps, period_ps / 2);
}

class ChangeDump {
 public:
  explicit ChangeDump(const fs::path& file) : stream_(file) {
    for (std::string word; stream_ >> word;) {
      if (word == "$var") {
        read_variable();
      } else if (word[0] == 'b') {
        std::string id;
        stream_ >> id;
        change(id, word.substr(1));
      } else if (word[0] == '0' || word[0] == '1' || word[0] == 'x' || word[0] == 'z') {
        change(word.substr(1), word.substr(0, 1));
      }
    }
  }

  std::map<std::string, Toggles> by_name() const {
    std::map<std::string, Toggles> result;
    for (const auto& [id, signal] : signals_) {
      for (const auto& [name, lowest] : signal.names) {
        for (std::size_t bit = 0; bit < signal.toggles.size(); ++bit)
          result[signal.toggles.size() == 1 ? name : fmt::format("{}[{}]", name, lowest + bit)] =
              signal.toggles[bit];
      }
    }
    return result;
  }

 private:
  struct Signal {
    std::vector<std::pair<std::string, std::size_t>> names;  // with the number of the lowest bit
    std::string value;                                       // bit 0 last
    std::vector<Toggles> toggles;
  };

  void read_variable() {
    std::string kind, id, name, range;
    std::size_t width = 0;
    stream_ >> kind >> width >> id >> name >> range;
    std::size_t lowest = 0;
    const std::size_t colon = range.find(':');
    if (colon != std::string::npos) lowest = std::stoul(range.substr(colon + 1));
    Signal& signal = signals_[id];
    signal.names.emplace_back(name, lowest);
    signal.toggles.resize(width);
    signal.value.resize(width, 'x');
  }

  void change(const std::string& id, std::string value) {
    const auto found = signals_.find(id);
    if (found == signals_.end()) return;
    Signal& signal = found->second;
    if (value.size() < signal.value.size())
      value.insert(0, signal.value.size() - value.size(), value[0] == '1' ? '0' : value[0]);
    for (std::size_t i = 0; i < value.size(); ++i) {
      Toggles& toggles = signal.toggles[value.size() - 1 - i];
      if (signal.value[i] == '0' && value[i] == '1') ++toggles.rises;
      if (signal.value[i] == '1' && value[i] == '0') ++toggles.falls;
    }
    signal.value = value;
  }

  std::ifstream stream_;
  std::map<std::string, Signal> signals_;
};

}  // namespace

const Toggles* find_net(const std::map<std::string, Toggles>& nets, const std::string& name) {
  auto found = nets.find(plain(name));
  if (found == nets.end()) {
    const std::size_t bracket = name.rfind('[');
    if (bracket == std::string::npos) return nullptr;
    found = nets.find(plain(name.substr(0, bracket)) + name.substr(bracket));
  }
  return found == nets.end() ? nullptr : &found->second;
}

std::map<std::string, Toggles> run_icarus(const MappedDesign& design, const fs::path& verilog,
                                          const Stimulus& stimulus, const StaticTiming* timing,
                                          double period_ps) {
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("lnsim_icarus_{}_{}", design.top(), ::getpid());
  fs::create_directories(folder);
  std::ofstream(folder / "cells.v") << verilog_models(design.library(),
                                                      timing == nullptr ? Paths::kNone : Paths::kSpecified);
  std::ofstream(folder / "netlist.v") << plain_verilog(file_text(verilog));
  std::ofstream(folder / "bench.v") << bench(design, stimulus, timing != nullptr, period_ps);
  std::ofstream values(folder / "values");
  for (std::size_t cycle = 0; cycle < stimulus.cycles.size(); ++cycle)
    values << memory_line(design, stimulus, cycle);
  values.close();
  if (timing != nullptr) std::ofstream(folder / "delays.sdf") << plain_sdf(sdf_text(design, *timing));
  const std::string command = fmt::format(
      "cd {} && iverilog -g2012 -gspecify -o bench bench.v netlist.v cells.v > log 2>&1 && vvp -n bench >> "
      "log 2>&1 && "
      "! grep -iE 'warning|error' log | grep -v 'Unable to match ModPath'",
      folder.string());
  if (std::system(command.c_str()) != 0) throw std::runtime_error("Icarus: " + file_text(folder / "log"));
  std::map<std::string, Toggles> result = ChangeDump(folder / "changes.vcd").by_name();
  fs::remove_all(folder);
  return result;
}

}  // namespace lnsim::gates
