// The DRAM as the DMA unit's engines see it: a queue per channel, or the closed form of what becomes of a
// request.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "models/control/run_state.h"
#include "models/memory/dram.h"
#include "models/memory/dram_request.h"
#include "models/memory/dram_timing.h"
#include "sim/base/channel.h"

namespace lnsim {

class DramPort {
 public:
  DramPort(const DramParameters& parameters, std::uint32_t outstanding_bursts, RunState& run,
           std::vector<Channel<Burst>*> requests)
      : burst_bytes_(parameters.burst_bytes),
        burst_shift_(static_cast<unsigned>(std::countr_zero(parameters.burst_bytes))),
        outstanding_bursts_(outstanding_bursts),
        run_(run),
        requests_(std::move(requests)),
        timing_(parameters, requests_.front()->capacity()),
        limits_(outstanding_bursts < timing_.most_in_flight()),
        done_(requests_.size()) {}

  void reset() { timing_.reset(); }

  std::size_t channels() const { return requests_.size(); }
  std::uint32_t burst_bytes() const { return burst_bytes_; }
  std::uint32_t outstanding_bursts() const { return outstanding_bursts_; }  // per direction
  // Whether that ever holds a burst up.
  bool limits_outstanding() const { return !run_.closed_form || limits_; }

  // Bursts are interleaved over the channels; the next one goes to the next channel.
  std::size_t channel_of(std::uint64_t address) const { return address / burst_bytes_ % channels(); }
  std::size_t after(std::size_t channel) const { return channel + 1 < channels() ? channel + 1 : 0; }
  // Bursts that hold the bytes from `begin` to `end`.
  std::size_t bursts(std::uint64_t begin, std::uint64_t end) const {
    return static_cast<std::size_t>(((end + burst_bytes_ - 1) >> burst_shift_) - (begin >> burst_shift_));
  }
  // Of those, the ones with no bytes from `here` on.
  std::size_t bursts_before(std::uint64_t here, std::uint64_t begin, std::uint64_t end) const {
    return here == end ? bursts(begin, end)
                       : static_cast<std::size_t>((here >> burst_shift_) - (begin >> burst_shift_));
  }
  // Where the next one begins after `count` of them.
  std::uint64_t after_bursts(std::size_t count, std::uint64_t begin, std::uint64_t end) const {
    return count == 0 ? begin : std::min(end, ((begin >> burst_shift_) + count) << burst_shift_);
  }
  // Bytes from `address` to the end of its burst, or to `end`; burst_bytes is a power of two.
  std::uint64_t piece(std::uint64_t address, std::uint64_t end) const {
    return std::min(end, (address | (burst_bytes_ - 1)) + 1) - address;
  }

  // Asks for bursts on one channel after the other, `most` of them (at most one per channel), until a
  // channel's queue is full: `owner` then gets an edge once there is space. The cycle in which each
  // completion will be seen; kNever: it will be reported, with the tags from `tag` on, `tag_step` apart.
  std::span<const Cycle> request(BurstKind kind, std::size_t channel, std::size_t most, std::uint32_t tag,
                                 std::uint32_t tag_step, Cycle now, Unit& owner) {
    const std::size_t taken = run_.closed_form ? request_timed(channel, most, now, owner)
                                               : request_stepped(kind, channel, most, tag, tag_step, now);
    if (run_.closed_form) {  // else the DRAM counts
      run_.events[kind == BurstKind::read ? Event::dram_read_byte : Event::dram_write_byte] +=
          taken * burst_bytes_;
    }
    return std::span(done_).first(taken);
  }

  // Tells who looks on of the `count` bursts from `address` on that were asked for.
  void tell(BurstKind kind, std::uint64_t address, std::size_t count, Cycle now) const {
    if (run_.dram_requests == nullptr) return;
    address &= ~std::uint64_t{burst_bytes_ - 1};
    for (; count > 0; --count, address += burst_bytes_) {
      (*run_.dram_requests)({now, kind == BurstKind::write, address});
    }
  }

  // `write` writes a burst in a queue.
  template <class Write>
  void image(StateImage& image, Write write) const {
    if (run_.closed_form) {
      timing_.image(image);
    } else {
      for (const Channel<Burst>* requests : requests_) requests->image(image, write);
    }
  }

 private:
  std::size_t request_timed(std::size_t channel, std::size_t most, Cycle now, Unit& owner) {
    const std::size_t taken = timing_.request(channel, most, now, done_.data());
    if (taken < most) owner.request_edge(timing_.free_from((channel + taken) % channels()));
    return taken;
  }
  std::size_t request_stepped(BurstKind kind, std::size_t channel, std::size_t most, std::uint32_t tag,
                              std::uint32_t tag_step, Cycle now) {
    std::size_t taken = 0;
    for (; taken < most && requests_[channel]->can_push(now); ++taken, tag += tag_step) {
      requests_[channel]->push(now, {kind, tag});
      done_[taken] = kNever;
      channel = after(channel);
    }
    return taken;
  }

  std::uint32_t burst_bytes_;  // a power of two
  unsigned burst_shift_;
  std::uint32_t outstanding_bursts_;
  RunState& run_;
  std::vector<Channel<Burst>*> requests_;  // by DRAM channel
  DramTiming timing_;
  bool limits_;
  std::vector<Cycle> done_;  // of the last requests
};

}  // namespace lnsim
