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
#include "models/memory/dram.h"

namespace lnsim {

// The DRAM as both engines see it.
struct DramPort {
  std::vector<Channel<Burst>*> requests;  // by DRAM channel
  std::uint32_t burst_bytes = 64;
  std::uint32_t outstanding_bursts = 512;  // in flight, per direction

  // Bursts are interleaved over the channels; the next one goes to the next channel.
  std::size_t channel_of(std::uint64_t address) const { return address / burst_bytes % requests.size(); }
  std::size_t after(std::size_t channel) const { return channel + 1 < requests.size() ? channel + 1 : 0; }
  // Bytes from `address` to the end of its burst, or to `end`; burst_bytes is a power of two.
  std::uint64_t piece(std::uint64_t address, std::uint64_t end) const {
    return std::min(end, (address | (burst_bytes - 1)) + 1) - address;
  }
};

// Read bursts are asked for in address order, up to outstanding_bursts ahead, and put back in order when they
// arrive. A beat is written to the global buffer when its bytes, in proportion to the command's two byte
// counts, have arrived.
class FetchEngine {
 public:
  FetchEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port, const DramPort& dram,
              BeatShape shape);

  void reset();
  void report(Cycle now) { busy_.set_if(!jobs_.empty(), Cause::dram, now); }
  std::string state() const;

  void image(StateImage& image) const;
  // Bursts between the oldest one in flight and this one.
  std::uint64_t behind_oldest(std::uint32_t slot) const {
    return slot >= oldest_ ? slot - oldest_ : slot + slots_.size() - oldest_;
  }

  void arrived(std::uint32_t slot) { slots_[slot].arrived = true; }
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

    std::uint64_t dram_end() const { return fetch->dram_address + fetch->dram_bytes; }
    std::uint64_t available() const { return arrived * fetch->buffer_bytes / fetch->dram_bytes - asked; }
  };
  struct Slot {
    std::uint32_t bytes = 0;
    bool arrived = false;
  };

  bool next_job(Cycle now);
  bool retire_bursts(Job& job);

  RunState& run_;
  BusyReport busy_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort port_;
  const DramPort& dram_;
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
  WriteBackEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port, const DramPort& dram,
                  BeatShape shape);

  void reset();
  void report(Cycle now) { busy_.set_if(!jobs_.empty(), Cause::dram, now); }
  std::string state() const;

  void image(StateImage& image) const;
  // Commands between the oldest one under way and this burst's.
  std::uint64_t behind_oldest(std::uint32_t tag) const { return tag - first_tag_; }

  void arrived(std::uint32_t tag, Cycle now);
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
    std::uint32_t pending = 0;  // bursts not yet complete
  };

  bool next_job(Cycle now);

  RunState& run_;
  BusyReport busy_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort port_;
  const DramPort& dram_;
  BeatShape shape_;
  std::uint64_t store_bytes_;
  std::deque<Job> jobs_;         // oldest first
  std::uint32_t first_tag_ = 0;  // of the oldest
  std::size_t reading_ = 0;
  std::size_t granting_ = 0;
  std::size_t sending_ = 0;
  std::uint64_t held_ = 0;  // bytes asked for and not sent
  std::size_t in_flight_ = 0;
};

}  // namespace lnsim
