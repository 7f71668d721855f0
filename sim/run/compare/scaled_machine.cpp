#include "sim/run/compare/scaled_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/describe.h"
#include "sim/base/errors.h"
#include "sim/base/value_range.h"

namespace lnsim {
namespace {

// Visits a struct that describes itself (sim/base/describe.h) and notes integers out of range.
class RangeCheck {
 public:
  RangeCheck(std::string path, std::string_view whose, std::vector<Diagnostic>& mistakes)
      : path_(std::move(path)), whose_(whose), mistakes_(mistakes) {}

  template <std::integral T>
  void integer(std::string_view name, T& member, const IntegerRange& range, std::string_view unit,
               std::string_view) {
    const auto value = static_cast<std::int64_t>(member);
    if (value >= range.lowest && value <= range.highest) return;
    mistakes_.push_back(
        {{std::string(whose_)}, path_of(name), fmt::format("{}", value), range_text(range, unit)});
  }
  void real(std::string_view, double&, const RealRange&, std::string_view, std::string_view) {}
  void boolean(std::string_view, bool&, std::string_view) {}
  void text(std::string_view, std::string&, std::string_view) {}
  template <class Enum>
  void choice(std::string_view, Enum&, ChoiceNames, std::string_view) {}
  template <class Parameters>
  void section(std::string_view name, Parameters& member, std::string_view) {
    RangeCheck inner(path_of(name), whose_, mistakes_);
    member.describe(inner);
  }
  template <class Keys>
  void when(bool holds, std::string_view, Keys&& keys) {
    if (holds) keys();
  }

 private:
  std::string path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
  }

  std::string path_;
  std::string_view whose_;
  std::vector<Diagnostic>& mistakes_;
};

unsigned storage_bits(const arith::FormatParameters& format) {
  return arith::make_format(format)->storage_bits();
}

void check_two_vectors(const AcceleratorParameters& machine, std::string_view whose,
                       std::vector<Diagnostic>& mistakes) {
  const std::uint64_t needed =
      2 * ((std::uint64_t{operand_bits(machine.formats)} * machine.pe.vector_size + 7) / 8);
  for (const auto& [name, buffer] :
       {std::pair{"buffer_a", machine.pe.buffer_a}, {"buffer_b", machine.pe.buffer_b}}) {
    if (buffer.capacity_bytes >= needed) continue;
    mistakes.push_back(
        {{std::string(whose)},
         fmt::format("pe.{}.capacity_bytes", name),
         fmt::to_string(buffer.capacity_bytes),
         fmt::format("at least {} (B): two vectors of {} elements", needed, machine.pe.vector_size)});
  }
}

}  // namespace

unsigned operand_bits(const FormatsParameters& formats) {
  return std::max(
      {storage_bits(formats.weight), storage_bits(formats.activation), storage_bits(formats.error)});
}

void scale_operand_paths(AcceleratorParameters& machine, unsigned from_bits, unsigned to_bits) {
  const auto scale = [&](std::uint32_t& size) {
    const std::uint64_t scaled = (std::uint64_t{size} * to_bits + from_bits - 1) / from_bits;
    size = static_cast<std::uint32_t>(std::min<std::uint64_t>(scaled, UINT32_MAX));
  };
  for (BufferParameters* buffer : {&machine.pe.buffer_a, &machine.pe.buffer_b}) {
    scale(buffer->capacity_bytes);
    scale(buffer->read_bytes_per_cycle);
  }
  scale(machine.global_buffer.bank_bytes);
  machine.global_buffer.bank_bytes = std::bit_ceil(machine.global_buffer.bank_bytes);
  scale(machine.bus.operand_bytes_per_cycle);
  scale(machine.bus.return_bytes_per_cycle);
}

void check_sizes(AcceleratorParameters machine, std::string_view whose) {
  std::vector<Diagnostic> mistakes;
  RangeCheck check("", whose, mistakes);
  machine.describe(check);
  if (mistakes.empty()) check_two_vectors(machine, whose, mistakes);
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
}

}  // namespace lnsim
