// The two engines of the DMA unit: fetch (DRAM to global buffer) and write-back (global buffer to DRAM).
//
// Each takes its commands in order and works on several at once, so that the next command's bursts follow the
// last one's without a gap; they complete in order.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/control/controller.h"
#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "models/memory/bursts_in_flight.h"
#include "models/memory/dram_port.h"

namespace lnsim {

// Read bursts are asked for in address order, up to outstanding_bursts ahead, and put back in order when they
// arrive. A beat is written to the global buffer when its bytes, in proportion to the command's two byte
// counts, have arrived.
class FetchEngine {
 public:
  FetchEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port, DramPort& dram,
              BeatShape shape);

  void reset();
  bool idle() const { return jobs_.empty() && commands_.size() == 0; }
  void report(Cycle now) { busy_.set_if(!jobs_.empty(), Cause::dram, now); }
  std::string state() const;

  void image(StateImage& image) const;
  void list(SignalList& signals) const;
  // Bursts between the oldest one in flight and this one.
  std::uint64_t behind_oldest(std::uint32_t slot) const {
    return slot >= oldest_ ? slot - oldest_ : slot + slots_.size() - oldest_;
  }

  void arrived(std::uint32_t slot, Cycle now) { slots_[slot].arrives = now; }
  // Steps of a cycle; true when something moved.
  bool take_grants(Cycle now);
  bool issue_bursts(Cycle now, unsigned& budget);
  bool write_buffer(Cycle now);

 private:
  struct Job {
    const Fetch* fetch = nullptr;
    std::uint64_t next_address = 0;  // DRAM address asked for next
    std::size_t channel = 0;         // that it belongs to
    std::uint64_t arrived = 0;       // DRAM bytes back in order
    std::uint64_t asked = 0;         // buffer bytes asked to be written
    std::uint64_t written = 0;       // of which written
    unsigned halvings = 64;          // that make DRAM bytes of buffer bytes, if any do

    std::uint64_t dram_end() const { return fetch->dram_address + fetch->dram_bytes; }
    std::uint64_t available() const {
      const bool shifts = halvings < 64;  // a division less
      return (shifts ? arrived >> halvings : arrived * fetch->buffer_bytes / fetch->dram_bytes) - asked;
    }
  };
  struct Slot {
    std::uint32_t bytes = 0;
    Cycle arrives = kNever;
  };

  bool next_job(Cycle now);
  unsigned issue_bursts(Job& job, Cycle now, unsigned most);
  bool retire_bursts(Job& job, Cycle now);

  Unit& owner_;
  RunState& run_;
  BusyReport busy_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort port_;
  DramPort& dram_;
  BeatShape shape_;
  std::deque<Job> jobs_;     // oldest first
  std::size_t issuing_ = 0;  // the job whose bursts are asked for
  std::size_t writing_ = 0;  // the job whose bytes go to the buffer
  std::vector<Slot> slots_;  // ring of bursts in flight
  std::size_t oldest_ = 0;
  std::size_t in_flight_ = 0;
};

// Beats are read from the global buffer up to a small store ahead; a burst is written when its bytes are
// there.
class WriteBackEngine {
 public:
  WriteBackEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port, DramPort& dram,
                  BeatShape shape);

  void reset();
  bool idle() const { return jobs_.empty() && commands_.size() == 0; }
  void report(Cycle now) { busy_.set_if(!jobs_.empty(), Cause::dram, now); }
  std::string state() const;

  void image(StateImage& image) const;
  void list(SignalList& signals) const;
  // Commands between the oldest one under way and this burst's.
  std::uint64_t behind_oldest(std::uint32_t tag) const { return tag - first_tag_; }

  void arrived(std::uint32_t tag);
  void complete_jobs(Cycle now);
  // Steps of a cycle; true when something moved.
  bool take_grants(Cycle now);
  bool issue_bursts(Cycle now, unsigned& budget);
  bool read_buffer(Cycle now);

 private:
  struct Job {
    const WriteBack* write_back = nullptr;
    std::uint64_t asked = 0;    // bytes asked from the buffer
    std::uint64_t read = 0;     // of which here
    std::uint64_t sent = 0;     // of which on their way to DRAM
    std::size_t channel = 0;    // of the next byte to be sent
    std::uint32_t pending = 0;  // bursts that the DRAM will report complete
    Cycle done_from = 0;        // and when those are, whose time is known
  };

  bool next_job(Cycle now);
  unsigned issue_bursts(Job& job, Cycle now, unsigned most);
  std::size_t may_issue(std::size_t most, Cycle now);

  Unit& owner_;
  RunState& run_;
  BusyReport busy_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort port_;
  DramPort& dram_;
  BeatShape shape_;
  std::uint64_t store_bytes_;
  std::deque<Job> jobs_;         // oldest first
  std::uint32_t first_tag_ = 0;  // of the oldest
  std::size_t reading_ = 0;
  std::size_t granting_ = 0;
  std::size_t sending_ = 0;
  std::uint64_t held_ = 0;    // bytes asked for and not sent
  std::size_t reported_ = 0;  // bursts in flight that the DRAM will report complete
  BurstsInFlight timed_;      // those whose completion is not reported, where their number matters
};

}  // namespace lnsim
