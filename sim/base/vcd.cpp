#include "sim/base/vcd.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

constexpr Cycle kTicksPerCycle = 1000;  // 1 ps each

// Short names of printable characters; 0 is the clock's.
std::string identifier(std::size_t number) {
  std::string text;
  do {
    text += static_cast<char>('!' + number % 94);
    number /= 94;
  } while (number > 0);
  return text;
}

}  // namespace

VcdWriter::VcdWriter(const SignalList& list, std::string_view comment)
    : list_(list), values_(list.signals().size()) {
  text_ = fmt::format(
      "$comment {} $end\n$timescale 1 ps $end\n$scope module lnsim $end\n$var wire 1 {} clk $end\n", comment,
      identifier(0));
  declare(list.signals());
  text_ += "$upscope $end\n$enddefinitions $end\n";
}

// Opens and closes scopes as the signals' scopes change.
void VcdWriter::declare(const std::vector<SignalList::Signal>& signals) {
  std::vector<std::string> open;
  const auto go_to = [&](const std::vector<std::string>& scope) {
    const auto common = std::mismatch(open.begin(), open.end(), scope.begin(), scope.end());
    for (auto closed = common.first; closed != open.end(); ++closed) text_ += "$upscope $end\n";
    for (auto opened = common.second; opened != scope.end(); ++opened)
      text_ += fmt::format("$scope module {} $end\n", *opened);
    open = scope;
  };
  for (std::size_t i = 0; i < signals.size(); ++i) {
    go_to(signals[i].scope);
    text_ += fmt::format("$var wire {} {} {} $end\n", signals[i].bits, identifier(i + 1), signals[i].name);
  }
  go_to({});
}

void VcdWriter::sample(Cycle now, Cycle at) {
  if (sampled_ && at != last_ + 1) throw ModelError("a waveform skips a cycle");
  fmt::format_to(std::back_inserter(text_), "#{}\n{}1{}\n", at * kTicksPerCycle,
                 sampled_ ? "" : "$dumpvars\n", identifier(0));
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::uint64_t value = list_.signals()[i].read(now);
    if (!sampled_ || value != values_[i]) change(i, value);
    values_[i] = value;
  }
  if (!sampled_) text_ += "$end\n";
  fmt::format_to(std::back_inserter(text_), "#{}\n0{}\n", at * kTicksPerCycle + kTicksPerCycle / 2,
                 identifier(0));
  sampled_ = true;
  last_ = at;
}

void VcdWriter::change(std::size_t signal, std::uint64_t value) {
  const unsigned bits = list_.signals()[signal].bits;
  if (bits == 1) {
    fmt::format_to(std::back_inserter(text_), "{}{}\n", value & 1U, identifier(signal + 1));
  } else {
    fmt::format_to(std::back_inserter(text_), "b{:b} {}\n", value, identifier(signal + 1));
  }
}

std::string VcdWriter::finish() {
  if (sampled_) text_ += fmt::format("#{}\n", (last_ + 1) * kTicksPerCycle);
  return std::move(text_);
}

}  // namespace lnsim
