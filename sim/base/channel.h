// The registered, back-pressured connection between two units (one may be both ends).
//
// Latency: an entry pushed in cycle t can be taken from cycle t + latency on (1 for a plain register; more
// for wires and pipelines, whose stages then belong to the capacity). Space freed by a pop in t can be used
// from t + 1 on. Throughput: any number of entries per cycle; the ends keep to their own port widths. Within
// a cycle neither end sees what the other does, so results do not depend on the order of processes.
//
// The ends need no polling: whoever found the channel empty (full) gets an edge when that changes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/base/bit_set.h"
#include "sim/base/clock.h"
#include "sim/base/errors.h"
#include "sim/base/signal_list.h"
#include "sim/base/simulation.h"
#include "sim/base/state_image.h"
#include "sim/base/unit.h"

namespace lnsim {

template <class T>
class Channel {
 public:
  Channel(Simulation& simulation, std::size_t capacity, Cycle latency = 1)
      : entries_(capacity),
        capacity_(capacity),
        latency_(latency),
        disturbance_(&simulation.disturbance()),
        id_(simulation.next_id()) {}

  void connect(Unit& producer, Unit& consumer) {
    producer_ = &producer;
    consumer_ = &consumer;
  }

  // Keeps a set of channels that hold entries, ready or not: this one is member number `member`.
  void report_to(BitSet& holding, std::size_t member) {
    holding_ = &holding;
    member_ = member;
  }

  // For the producer. When full, it gets an edge once there is space.
  bool can_push(Cycle now) {
    const std::size_t freed_now = last_pop_ == now ? pops_in_cycle_ : 0;
    if (count_ + freed_now < capacity_) return true;
    if (freed_now > 0) {
      producer_->request_edge(now + 1);
    } else {
      producer_waits_ = true;
    }
    return false;
  }

  // `extra` cycles of latency for this entry; entries never overtake.
  void push(Cycle now, const T& value, Cycle extra = 0) {
    if (count_ == capacity_) throw ModelError("channel over-filled");
    std::size_t back = head_ + count_;
    if (back >= capacity_) back -= capacity_;
    Entry& entry = entries_[back];  // field by field: a copy of both would wait for their stores
    entry.value = value;
    entry.ready = now + latency_ + extra;
    if (count_++ == 0 && holding_ != nullptr) holding_->insert(member_);
    consumer_->request_edge(now + latency_ + extra);
  }

  // For the consumer: the oldest entry, or null when none can be taken in this cycle; the consumer then gets
  // an edge when one can.
  const T* front(Cycle now) {
    if (count_ == 0) return nullptr;
    const Entry& entry = entries_[head_];
    if (entry.ready > now) {
      consumer_->request_edge(entry.ready);
      return nullptr;
    }
    if (disturbance_->stall_percent > 0 && stalled(now)) {
      consumer_->request_edge(now + 1);
      return nullptr;
    }
    return &entry.value;
  }

  void pop(Cycle now) {
    if (last_pop_ != now) {
      last_pop_ = now;
      pops_in_cycle_ = 0;
    }
    ++pops_in_cycle_;
    if (++head_ == capacity_) head_ = 0;
    if (--count_ == 0 && holding_ != nullptr) holding_->erase(member_);
    if (producer_waits_) {
      producer_waits_ = false;
      producer_->request_edge(now + 1);
    }
  }

  void reset() {
    if (holding_ != nullptr) holding_->erase(member_);
    head_ = count_ = pops_in_cycle_ = 0;
    last_pop_ = kNever;
    producer_waits_ = false;
  }

  // Handshake and depth, under the channel's name.
  void list(SignalList& signals, const std::string& name) const {
    const SignalList::Scope scope(signals, name);
    signals.add("valid", 1,
                [this](Cycle now) { return count_ > 0 && entries_[head_].ready <= now ? 1U : 0U; });
    signals.add("ready", 1, [this](Cycle) { return count_ < capacity_ ? 1U : 0U; });
    signals.add("count", 32, [this](Cycle) { return count_; });
  }
  // `write` writes an entry's value.
  template <class Write>
  void image(StateImage& image, Write write) const {
    image.number(count_ * 2 + (producer_waits_ ? 1 : 0));
    for (std::size_t i = 0; i < count_; ++i) {
      const Entry& entry = entries_[head_ + i < capacity_ ? head_ + i : head_ + i - capacity_];
      image.time(entry.ready);
      write(entry.value);
    }
  }

  // The oldest entry, whether or not it can be taken: for reports. Null when there is none.
  const T* oldest() const { return count_ == 0 ? nullptr : &entries_[head_].value; }
  std::size_t size() const { return count_; }
  std::size_t capacity() const { return capacity_; }

 private:
  struct Entry {
    T value{};
    Cycle ready = 0;
  };

  bool stalled(Cycle now) const {
    return mix_bits(disturbance_->seed, id_, now) % 100 < disturbance_->stall_percent;
  }

  std::vector<Entry> entries_;
  std::size_t capacity_;
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::size_t pops_in_cycle_ = 0;
  Cycle last_pop_ = kNever;
  Cycle latency_;
  bool producer_waits_ = false;
  Unit* producer_ = nullptr;
  Unit* consumer_ = nullptr;
  BitSet* holding_ = nullptr;
  std::size_t member_ = 0;
  const Disturbance* disturbance_;
  std::uint64_t id_;
};

}  // namespace lnsim
