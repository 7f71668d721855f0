#include "tools/characterise/gates/cell_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace lnsim::gates {
namespace {

// A Boolean by state, 64 of them per word.
using Truth = std::vector<std::uint64_t>;

bool holds(const Truth& truth, std::size_t state) {
  return (truth[state / 64] >> (state % 64) & 1U) != 0;
}

Truth bit_of_state(std::size_t bit, std::size_t states) {
  static constexpr std::array<std::uint64_t, 6> kWithinWord{0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc,
                                                            0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
                                                            0xffff0000ffff0000, 0xffffffff00000000};
  Truth truth((states + 63) / 64);
  for (std::size_t word = 0; word < truth.size(); ++word) {
    const bool whole = bit >= 6 && (word >> (bit - 6) & 1U) != 0;
    truth[word] = bit < 6 ? kWithinWord[bit] : whole ? ~std::uint64_t{0} : 0;
  }
  return truth;
}

Truth inverted(Truth truth) {
  for (std::uint64_t& word : truth) word = ~word;
  return truth;
}

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

class CellKindBuilder {
 public:
  CellKindBuilder(const Cell& cell, const Library& library) : cell_(cell), library_(library) {
    kind_.cell = &cell;
  }

  CellKind build() {
    check();
    const std::size_t bits = kind_.inputs.size() + (kind_.flip_flop ? 1 : 0);
    states_ = std::size_t{1} << bits;
    for (std::size_t i = 0; i < kind_.inputs.size(); ++i)
      symbols_[kind_.inputs[i]->name] = bit_of_state(i, states_);
    if (kind_.flip_flop) {
      symbols_[cell_.flip_flop->state] = bit_of_state(kind_.inputs.size(), states_);
      symbols_[cell_.flip_flop->inverted_state] = inverted(symbols_[cell_.flip_flop->state]);
      add_flip_flop();
    }
    add_outputs();
    add_leakage();
    add_input_arcs();
    add_output_arcs();
    return std::move(kind_);
  }

 private:
  [[noreturn]] void refuse(std::string got, std::string expected) const {
    throw UserError(Diagnostic{cell_.position, cell_.name, std::move(got), std::move(expected)});
  }

  void check() {
    static const std::string kAdmitted = "a combinational cell or a flip-flop on a rising clock edge";
    if (!cell_.other_state.empty()) refuse(fmt::format("a cell with a {}", cell_.other_state), kAdmitted);
    for (const Pin& pin : cell_.pins) {
      if (pin.three_state || pin.direction == PinDirection::kInout)
        refuse(fmt::format("the three-state pin {}", pin.name), kAdmitted);
      if (pin.direction == PinDirection::kInput) kind_.inputs.push_back(&pin);
      if (pin.direction != PinDirection::kOutput) continue;
      if (!pin.function) refuse(fmt::format("the output {} without a function", pin.name), kAdmitted);
      kind_.outputs.push_back(&pin);
    }
    if (kind_.inputs.size() > CellKind::kMostInputs || kind_.outputs.size() > 8)
      refuse(fmt::format("{} inputs and {} outputs", kind_.inputs.size(), kind_.outputs.size()),
             fmt::format("at most {} and 8", CellKind::kMostInputs));
    kind_.flip_flop = cell_.flip_flop.has_value();
    if (!kind_.flip_flop) return;
    const BooleanFunction& clock = *cell_.flip_flop->clocked_on;
    if (clock.names().size() != 1 || clock.evaluate({0}) != 0 || clock.evaluate({~std::uint64_t{0}}) == 0)
      refuse("a clocked_on that is not the name of a pin", kAdmitted);
    kind_.clock = input(clock.names().front());
  }

  std::size_t input(const std::string& name) const {
    for (std::size_t i = 0; i < kind_.inputs.size(); ++i) {
      if (kind_.inputs[i]->name == name) return i;
    }
    refuse(fmt::format("{} in an expression", name), "the name of a pin");
  }

  Truth truth(const BooleanFunction& function) const {
    std::vector<const Truth*> of_names;
    for (const std::string& name : function.names()) {
      const auto found = symbols_.find(name);
      if (found == symbols_.end()) refuse(fmt::format("{} in an expression", name), "the name of a pin");
      of_names.push_back(&found->second);
    }
    Truth result((states_ + 63) / 64);
    std::vector<std::uint64_t> values(of_names.size());
    for (std::size_t word = 0; word < result.size(); ++word) {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = (*of_names[i])[word];
      result[word] = function.evaluate(values);
    }
    return result;
  }

  Truth truth_or(const std::optional<BooleanFunction>& function, bool otherwise) const {
    return function ? truth(*function) : Truth((states_ + 63) / 64, otherwise ? ~std::uint64_t{0} : 0);
  }

  void add_flip_flop() {
    const FlipFlop& ff = *cell_.flip_flop;
    const Truth next = truth(*ff.next_state), clear = truth_or(ff.clear, false),
                preset = truth_or(ff.preset, false);
    for (const auto& function : {ff.clear, ff.preset}) {
      if (!function) continue;
      for (const std::string& name : function->names()) kind_.asynchronous |= std::uint32_t{1} << input(name);
    }
    const Truth& variable = symbols_.at(ff.state);
    for (std::size_t state = 0; state < states_; ++state) {
      const bool free = !holds(clear, state) && !holds(preset, state);
      // Both at once: clear wins, which is our choice where clear_preset_var1 says otherwise.
      const bool forced = !holds(clear, state);
      kind_.held.push_back(free ? holds(variable, state) : forced);
      kind_.next.push_back(free ? holds(next, state) : forced);
    }
  }

  void add_outputs() {
    kind_.output_values.assign(states_, 0);
    for (std::size_t o = 0; o < kind_.outputs.size(); ++o) {
      const Truth values = truth(*kind_.outputs[o]->function);
      for (std::size_t state = 0; state < states_; ++state) {
        if (holds(values, state)) kind_.output_values[state] |= static_cast<std::uint8_t>(1U << o);
      }
      symbols_[kind_.outputs[o]->name] = values;  // `when` may name outputs
    }
  }

  void add_leakage() {
    double otherwise = cell_.cell_leakage_nw.value_or(library_.default_leakage_nw);
    for (const LeakageState& state : cell_.leakage) {
      if (!state.when && !cell_.cell_leakage_nw) otherwise = state.nw;
    }
    kind_.leakage_nw.assign(states_, otherwise);
    for (auto state = cell_.leakage.rbegin(); state != cell_.leakage.rend(); ++state) {  // the first one wins
      if (!state->when) continue;
      const Truth when = truth(*state->when);
      for (std::size_t s = 0; s < states_; ++s) {
        if (holds(when, s)) kind_.leakage_nw[s] = state->nw;
      }
    }
    if (!kind_.flip_flop) return;
    const std::size_t clock = std::size_t{1} << kind_.clock;
    for (std::size_t s = 0; s < states_; ++s) {
      if ((s & clock) != 0) continue;
      kind_.leakage_nw[s] = kind_.leakage_nw[s | clock] =
          (kind_.leakage_nw[s] + kind_.leakage_nw[s | clock]) / 2;
    }
  }

  // By state: the group whose `when` holds, else the one without; where no group holds, `mean_elsewhere`
  // decides between all groups' mean and none. Groups without a table for the direction are no candidates.
  void select(std::vector<std::uint16_t>& table, const PowerArc& at, bool rises, bool mean_elsewhere) {
    std::vector<const InternalPower*> candidates;
    for (const InternalPower* group : at.groups) {
      if (!(rises ? group->rise_fj : group->fall_fj).empty()) candidates.push_back(group);
    }
    std::uint16_t otherwise = CellKind::kNoArc;
    if (mean_elsewhere && !candidates.empty()) otherwise = arc_of(at, candidates);
    const std::size_t first = table.size();
    table.resize(first + states_, otherwise);
    const auto put = [&](const InternalPower* group, bool conditional) {
      if (group->when.has_value() != conditional) return;
      const Truth when = truth_or(group->when, true);
      const std::uint16_t arc = arc_of(at, {group});
      for (std::size_t s = 0; s < states_; ++s) {
        if (holds(when, s)) table[first + s] = arc;
      }
    };
    for (const bool conditional : {false, true}) {
      for (auto group = candidates.rbegin(); group != candidates.rend(); ++group) put(*group, conditional);
    }
  }

  std::uint16_t arc_of(const PowerArc& at, std::vector<const InternalPower*> groups) {
    for (std::size_t i = first_arc_; i < kind_.arcs.size(); ++i) {
      if (kind_.arcs[i].groups == groups) return static_cast<std::uint16_t>(i);
    }
    kind_.arcs.push_back({at.at_input, at.pin, at.cause, std::move(groups)});
    return static_cast<std::uint16_t>(kind_.arcs.size() - 1);
  }

  void add_input_arcs() {
    for (std::size_t i = 0; i < kind_.inputs.size(); ++i) {
      PowerArc at{true, i, i, {}};
      for (const InternalPower& group : kind_.inputs[i]->internal_power) at.groups.push_back(&group);
      first_arc_ = kind_.arcs.size();
      for (const bool rises : {true, false}) select(kind_.input_arcs_, at, rises, false);
    }
  }

  void add_output_arcs() {
    for (std::size_t o = 0; o < kind_.outputs.size(); ++o) {
      for (std::size_t i = 0; i < kind_.inputs.size(); ++i) {
        PowerArc at{false, o, i, {}};
        for (const InternalPower& group : kind_.outputs[o]->internal_power) {
          if (group.related_pins.empty() || names(group.related_pins, kind_.inputs[i]->name))
            at.groups.push_back(&group);
        }
        first_arc_ = kind_.arcs.size();
        for (const bool rises : {true, false}) select(kind_.output_arcs_, at, rises, true);
      }
    }
  }

  const Cell& cell_;
  const Library& library_;
  CellKind kind_;
  std::size_t states_ = 0;
  std::size_t first_arc_ = 0;  // of the pin and cause at hand
  std::map<std::string, Truth> symbols_;
};

CellKind make_cell_kind(const Cell& cell, const Library& library) {
  return CellKindBuilder(cell, library).build();
}

}  // namespace lnsim::gates
