// The signals of a machine: where its state lives, and how wide it is, for waveforms.
//
// A unit lists its registers once. Values are read between two cycles; what depends on the time of day is a
// function of the cycle.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/clock.h"

namespace lnsim {

class SignalList {
 public:
  using Read = std::function<std::uint64_t(Cycle now)>;

  struct Signal {
    std::vector<std::string> scope;
    std::string name;
    unsigned bits = 1;
    Read read;
  };

  // Signals listed during its life belong to a scope of that name, inside those around it.
  class Scope {
   public:
    Scope(SignalList& list, std::string name) : list_(list) { list_.scope_.push_back(std::move(name)); }
    ~Scope() { list_.scope_.pop_back(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    SignalList& list_;
  };

  void add(std::string name, unsigned bits, Read read) {
    signals_.push_back({scope_, std::move(name), bits, std::move(read)});
  }
  // A register, as wide as its type.
  template <std::unsigned_integral T>
  void add(std::string name, const T& value) {
    add(std::move(name), std::same_as<T, bool> ? 1U : 8U * sizeof(T),
        [&value](Cycle) { return static_cast<std::uint64_t>(value); });
  }

  const std::vector<Signal>& signals() const { return signals_; }

 private:
  std::vector<std::string> scope_;
  std::vector<Signal> signals_;
};

}  // namespace lnsim
