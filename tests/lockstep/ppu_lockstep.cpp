#include "tests/lockstep/ppu_lockstep.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "models/control/run_state.h"

namespace lnsim::lockstep {
namespace {

constexpr std::uint64_t kPacketBytes = 256;

std::string text_of(const PpuOutputs& out) {
  const arith::QuantiseCounts& c = out.counts;
  return fmt::format(
      "taken {} valid {} rows {} codes {:08x}{:08x} values {} saturated {} clamped {} flushed {}", out.taken,
      out.valid, out.rows, out.codes.word(1), out.codes.word(0), c.values, c.saturated, c.underflow_clamped,
      c.underflow_flushed);
}

// A column under way: what the unit is asked, and what it must answer.
struct Column {
  std::uint32_t rows = 0;
  Bits<16> sums;
  std::int32_t offset = 0;
  Bits<16> codes;
  arith::QuantiseCounts counts;
  Cycle pushed = 0;
};

// Draws columns and quantises them as the simulator does.
class Columns {
 public:
  Columns(const PpuShape& shape, std::uint64_t seed, PpuSeen& seen)
      : shape_(shape),
        operand_(arith::make_format(shape.quantiser.operand)),
        output_(arith::make_format(shape.quantiser.output)),
        datapath_(arith::make_datapath(shape.quantiser.datapath, *operand_, *operand_)),
        random_(seed),
        seen_(seen) {
    seen.codes.resize(std::size_t{1} << output_->storage_bits());
  }

  Column draw() {
    const QuantiserParameters& q = shape_.quantiser;
    Column column;
    column.rows = 1 + static_cast<std::uint32_t>(random_() % shape_.rows);
    const arith::Scale a{small()}, b{small()};
    arith::Scale out{small()};
    // Where a sum of the middle magnitude comes to stand anywhere in the output's range, or somewhat beyond
    // it.
    const auto gamma = static_cast<std::int32_t>(q.output.gamma);
    const std::int32_t middle = (q.lsb_octave + static_cast<int>(q.datapath.accumulator_bits) / 2) * gamma;
    const std::int32_t range = (1 << (q.output.bits - 1)) + 8 * gamma;
    out.k += middle - static_cast<std::int32_t>(random_() % static_cast<std::uint64_t>(range));
    column.offset = ((a.k + b.k) << (q.log2_grid - q.log2_gamma)) - out.k * (1 << q.log2_grid) / gamma;
    for (std::uint32_t row = 0; row < column.rows; ++row) {
      const std::int64_t sum = draw_sum();
      const arith::Code code =
          datapath_->emit(reinterpret_cast<const std::byte*>(&sum), a, b, *output_, out, column.counts);
      const unsigned sum_bits = q.datapath.accumulator_bits, code_bits = output_->storage_bits();
      column.sums.put(row * sum_bits, sum_bits, static_cast<std::uint64_t>(sum));
      column.codes.put(row * code_bits, code_bits, code);
      seen_.codes[code] = true;
    }
    return column;
  }
  std::uint32_t bytes(const Column& column) const { return (column.rows * output_->storage_bits() + 7) / 8; }
  bool percent(unsigned share) { return random_() % 100 < share; }

 private:
  std::int32_t small() { return static_cast<std::int32_t>(random_() % 41) - 20; }
  // Of any magnitude, or at an end.
  std::int64_t draw_sum() {
    const unsigned bits = shape_.quantiser.datapath.accumulator_bits;
    const std::uint64_t word = random_();
    const auto any = static_cast<std::int64_t>(word) >> (64 - bits) >> (random_() % bits);
    switch (random_() % 16) {
      case 0:
        return 0;
      case 1:
        return -(std::int64_t{1} << (bits - 1));
      case 2:
        return (std::int64_t{1} << (bits - 1)) - 1;
      case 3:
        return (any < 0 ? -1 : 1) * (std::int64_t{1} << (word % (bits - 1)));
      default:
        return any;
    }
  }

  PpuShape shape_;
  std::unique_ptr<const arith::NumberFormat> operand_, output_;
  std::unique_ptr<const arith::Datapath> datapath_;
  std::mt19937_64 random_;
  PpuSeen& seen_;
};

// Pushes a column in a cycle when told to, and notes whether it did.
class Feeder final : public Unit {
 public:
  Feeder(Simulation& simulation, Channel<FinishedColumn>& channel)
      : Unit("feeder", simulation), channel_(channel) {
    request_edge(1);
  }
  void offer(const FinishedColumn& column) {
    column_ = column;
    offered_ = true;
    pushed_ = false;
  }
  void offer_nothing() { offered_ = pushed_ = false; }
  bool pushed() const { return pushed_; }
  Cycle cycle() const { return cycle_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    cycle_ = now;
    request_edge(now + 1);
    if (!offered_ || !channel_.can_push(now)) return;
    channel_.push(now, column_);
    pushed_ = true;
  }

 private:
  Channel<FinishedColumn>& channel_;
  FinishedColumn column_;
  bool offered_ = false, pushed_ = false;
  Cycle cycle_ = 0;
};

// Looks for a packet in every cycle, and takes it when told to.
class Bus final : public Unit {
 public:
  Bus(Simulation& simulation, Channel<OutputPacket>& channel) : Unit("bus", simulation), channel_(channel) {
    request_edge(1);
  }
  void set_ready(bool ready) { ready_ = ready; }
  bool saw_packet() const { return saw_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    request_edge(now + 1);
    saw_ = channel_.front(now) != nullptr;
    if (saw_ && ready_) channel_.pop(now);
  }

 private:
  Channel<OutputPacket>& channel_;
  bool ready_ = false, saw_ = false;
};

class PpuLockstep {
 public:
  PpuLockstep(const PpuShape& shape, PpuTwin& twin, std::uint64_t seed)
      : columns_(shape, seed, seen_),
        twin_(twin),
        queue_(simulation_, 4),
        packets_(simulation_, shape.capacity, shape.latency),
        ppu_("ppu", simulation_, {shape.values, shape.latency}, state_, queue_, packets_,
             {GlobalBufferParameters{8, 64, 256}, kPacketBytes}),
        feeder_(simulation_, queue_),
        bus_(simulation_, packets_) {
    queue_.connect(feeder_, ppu_);
    packets_.connect(ppu_, bus_);
    simulation_.run(1);
  }

  PpuSeen run(std::uint64_t cycles) {
    twin_.reset();
    while (seen_.cycles < cycles && seen_.mismatch.empty()) {
      if (seen_.cycles % 512 == 0) new_phase();
      cycle();
      ++seen_.cycles;
    }
    return seen_;
  }

 private:
  void new_phase() {
    feed_percent_ = std::array{100u, 50u, 5u}[seen_.cycles / 512 % 3];
    ready_percent_ = std::array{100u, 60u, 10u, 30u}[seen_.cycles / 512 % 4];
  }

  // What the simulator's unit did in a cycle.
  struct UnitCycle {
    Cycle now = 0;
    bool pushed = false;    // a column came into its queue
    bool taken = false;     // it took one out of it
    bool finished = false;  // the column it works on has all its codes
  };

  void cycle() {
    offer_column();
    const bool ready = columns_.percent(ready_percent_);
    bus_.set_ready(ready);
    if (packets_.size() == packets_.capacity()) ++seen_.held_up;
    const UnitCycle unit = run_unit();
    const PpuOutputs got = twin_.cycle(inputs_of(unit.now, ready));
    const PpuOutputs expected = expected_of(unit, ready);
    if (unit.pushed) {
      drawn_.pushed = unit.now;
      waiting_.push_back(drawn_);
      offered_ = false;
    }
    if (got != expected)
      seen_.mismatch =
          fmt::format("cycle {}:\n  simulator {}\n  twin      {}", unit.now, text_of(expected), text_of(got));
  }

  void offer_column() {
    if (!offered_ && columns_.percent(feed_percent_)) {
      drawn_ = columns_.draw();
      offered_ = true;
    }
    if (offered_) {
      feeder_.offer({0, columns_.bytes(drawn_), drawn_.rows, 0, true, true});
    } else {
      feeder_.offer_nothing();
    }
  }

  UnitCycle run_unit() {
    const std::size_t queued = queue_.size();
    const std::uint64_t values = state_.events[Event::ppu_value];
    if (simulation_.run(1) == Simulation::End::failed) std::rethrow_exception(simulation_.take_failure());
    const bool pushed = feeder_.pushed();
    return {feeder_.cycle(), pushed, queued + (pushed ? 1 : 0) > queue_.size(),
            state_.events[Event::ppu_value] != values};
  }

  PpuInputs inputs_of(Cycle now, bool ready) const {
    PpuInputs inputs;
    inputs.out_ready = ready;
    inputs.valid = !waiting_.empty() && waiting_.front().pushed < now;
    if (!inputs.valid) return inputs;
    inputs.rows = waiting_.front().rows;
    inputs.sums = waiting_.front().sums;
    inputs.offset = waiting_.front().offset;
    return inputs;
  }

  PpuOutputs expected_of(const UnitCycle& unit, bool ready) {
    PpuOutputs expected;
    expected.taken = unit.taken;
    if (unit.taken) {
      under_way_.push_back(waiting_.front());
      waiting_.pop_front();
    }
    if (unit.finished) {
      expected.counts = under_way_.back().counts;
      seen_.counts += expected.counts;
      ++seen_.columns;
    }
    if (bus_.saw_packet()) {
      expected.valid = true;
      expected.rows = under_way_.front().rows;
      expected.codes = under_way_.front().codes;
      if (ready) under_way_.pop_front();
    }
    return expected;
  }

  PpuSeen seen_;
  Columns columns_;
  PpuTwin& twin_;
  Simulation simulation_{{}, Engine::kernel};
  Simulation::Scope scope_{simulation_};
  RunState state_;
  Channel<FinishedColumn> queue_;
  Channel<OutputPacket> packets_;
  Ppu ppu_;
  Feeder feeder_;
  Bus bus_;
  unsigned feed_percent_ = 100, ready_percent_ = 100;
  Column drawn_;
  bool offered_ = false;
  std::deque<Column> waiting_;    // in the unit's queue
  std::deque<Column> under_way_;  // taken, not yet seen at the bus
};

}  // namespace

PpuSeen run_ppu(const PpuShape& shape, PpuTwin& twin, std::uint64_t seed, std::uint64_t cycles) {
  return PpuLockstep(shape, twin, seed).run(cycles);
}

}  // namespace lnsim::lockstep
