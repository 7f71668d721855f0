#include "models/memory/dma_engine.h"

#include <fmt/format.h>

#include "models/control/describe_command.h"

namespace lnsim {

FetchEngine::FetchEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port, DramPort& dram,
                         BeatShape shape)
    : owner_(owner),
      run_(run),
      busy_(run.activity, std::string(owner.name()) + " fetch"),
      waiter_(owner, busy_),
      commands_(commands),
      port_(port),
      dram_(dram),
      shape_(shape),
      slots_(dram.outstanding_bursts()) {}

void FetchEngine::reset() {
  waiter_.waiting = false;
  busy_.reset();
  jobs_.clear();
  issuing_ = writing_ = oldest_ = in_flight_ = 0;
}

bool FetchEngine::take_grants(Cycle now) {
  const BufferBeat* beat = port_.grants->front(now);
  if (beat == nullptr) return false;
  Job& job = jobs_.front();
  job.written += beat->bytes;
  port_.grants->pop(now);
  if (job.written == job.fetch->buffer_bytes) {
    run_.scoreboard.advance(Counter::fetched, now);
    jobs_.pop_front();
    --issuing_;
    --writing_;
  }
  return true;
}

bool FetchEngine::next_job(Cycle now) {
  const QueuedCommand* queued = commands_.front(now);
  if (queued == nullptr || !run_.scoreboard.ready(queued->after, waiter_, now)) return false;
  const Fetch& fetch = run_.program->fetches[run_.index(queued->command)];
  Job job{&fetch, fetch.dram_address, dram_.channel_of(fetch.dram_address)};
  for (const unsigned halvings : {0U, 1U, 2U, 3U}) {
    if (fetch.buffer_bytes << halvings == fetch.dram_bytes) job.halvings = halvings;
  }
  jobs_.push_back(job);
  commands_.pop(now);
  return true;
}

bool FetchEngine::issue_bursts(Cycle now, unsigned& budget) {
  bool moved = false;
  while (budget > 0 && in_flight_ < slots_.size()) {
    if (issuing_ == jobs_.size() && !next_job(now)) break;
    const auto most = static_cast<unsigned>(std::min<std::size_t>(budget, slots_.size() - in_flight_));
    Job& job = jobs_[issuing_];
    const unsigned issued = issue_bursts(job, now, most);
    budget -= issued;
    moved |= issued > 0;
    if (job.next_address == job.dram_end()) {
      ++issuing_;
    } else if (issued == 0) {
      break;
    }
  }
  return moved;
}

// The next bursts of a job, `most` of them at most; how many.
unsigned FetchEngine::issue_bursts(Job& job, Cycle now, unsigned most) {
  const std::uint64_t begin = job.next_address;
  const std::uint64_t end = job.dram_end();
  std::size_t slot = oldest_ + in_flight_;
  if (slot >= slots_.size()) slot -= slots_.size();
  const std::size_t wanted = std::min({std::size_t{most}, slots_.size() - slot, dram_.bursts(begin, end)});
  const auto done =
      dram_.request(BurstKind::read, job.channel, wanted, static_cast<std::uint32_t>(slot), 1, now, owner_);
  dram_.tell(BurstKind::read, begin, done.size(), now);
  std::uint64_t address = begin;
  for (const Cycle arrives : done) {
    const std::uint64_t bytes = dram_.piece(address, end);
    slots_[slot++] = {static_cast<std::uint32_t>(bytes), arrives};
    address += bytes;
  }
  run_.events[Event::dma_byte] += address - begin;
  job.next_address = address;
  job.channel = (job.channel + done.size()) % dram_.channels();
  in_flight_ += done.size();
  return static_cast<unsigned>(done.size());
}

// Bursts leave the reorder ring while the store in front of the buffer port holds less than two beats.
bool FetchEngine::retire_bursts(Job& job, Cycle now) {
  const std::uint64_t store = 2 * shape_.width();
  const std::size_t before = in_flight_;
  std::size_t oldest = oldest_;
  std::size_t left = before;
  for (; left > 0 && job.arrived < job.fetch->dram_bytes && job.available() < store; --left) {
    const Slot& slot = slots_[oldest];
    if (slot.arrives > now) {
      if (slot.arrives != kNever) owner_.request_edge(slot.arrives);
      break;
    }
    job.arrived += slot.bytes;
    if (++oldest == slots_.size()) oldest = 0;
  }
  oldest_ = oldest;
  in_flight_ = left;
  return left < before;
}

bool FetchEngine::write_buffer(Cycle now) {
  if (writing_ == jobs_.size()) return false;
  Job& job = jobs_[writing_];
  const bool retired = retire_bursts(job, now);
  const std::uint64_t address = job.fetch->buffer_address + job.asked;
  const std::uint32_t bytes = shape_.beat_bytes(address, job.fetch->buffer_bytes - job.asked);
  if (job.available() < bytes || !port_.requests->can_push(now)) return retired;
  port_.requests->push(now, {address, bytes, 0});
  job.asked += bytes;
  if (job.asked == job.fetch->buffer_bytes) ++writing_;
  return true;
}

void FetchEngine::image(StateImage& image) const {
  busy_.image(image);
  image.number(waiter_.waiting ? 1 : 0);
  commands_.image(image, kImpliedByCount);
  image.number(jobs_.size());
  image.number(issuing_);
  image.number(writing_);
  for (const Job& job : jobs_) {
    image.number(job.next_address - job.fetch->dram_address);
    image.number(job.arrived);
    image.number(job.asked);
    image.number(job.written);
  }
  image.number(in_flight_);
  for (std::size_t i = 0; i < in_flight_; ++i) {
    const Slot& slot = slots_[oldest_ + i < slots_.size() ? oldest_ + i : oldest_ + i - slots_.size()];
    image.number(slot.bytes);
    image.time(slot.arrives);
  }
  port_.image(image, run_.buffer_line_bytes);
}

void FetchEngine::list(SignalList& signals) const {
  const SignalList::Scope scope(signals, "fetch");
  signals.add("commands_under_way", 16, [this](Cycle) { return jobs_.size(); });
  signals.add("writing", writing_);
  signals.add("bursts_in_flight", in_flight_);
  commands_.list(signals, "commands");
}

std::string FetchEngine::state() const {
  if (jobs_.empty() && commands_.size() == 0) return {};
  const std::string wait = describe_wait(run_, commands_);
  return fmt::format("fetch: {} commands under way, {} queued, {} bursts in flight{}{}", jobs_.size(),
                     commands_.size(), in_flight_, wait.empty() ? "" : ", ", wait);
}

WriteBackEngine::WriteBackEngine(Unit& owner, RunState& run, CommandQueue& commands, BufferPort port,
                                 DramPort& dram, BeatShape shape)
    : owner_(owner),
      run_(run),
      busy_(run.activity, std::string(owner.name()) + " write-back"),
      waiter_(owner, busy_),
      commands_(commands),
      port_(port),
      dram_(dram),
      shape_(shape),
      store_bytes_(4 * shape.width() + dram.burst_bytes()),
      timed_(dram.channels()) {}

void WriteBackEngine::reset() {
  waiter_.waiting = false;
  busy_.reset();
  jobs_.clear();
  first_tag_ = 0;
  reading_ = granting_ = sending_ = reported_ = 0;
  held_ = 0;
  timed_.reset();
}

void WriteBackEngine::arrived(std::uint32_t tag) {
  --reported_;
  --jobs_[tag - first_tag_].pending;
}

void WriteBackEngine::complete_jobs(Cycle now) {
  while (!jobs_.empty() && jobs_.front().sent == jobs_.front().write_back->bytes &&
         jobs_.front().pending == 0 && jobs_.front().done_from <= now) {
    run_.scoreboard.advance(Counter::written_back, now);
    jobs_.pop_front();
    ++first_tag_;
    --reading_;
    --granting_;
    --sending_;
  }
}

bool WriteBackEngine::take_grants(Cycle now) {
  const BufferBeat* beat = port_.grants->front(now);
  if (beat == nullptr) return false;
  Job& job = jobs_[granting_];
  job.read += beat->bytes;
  if (job.read == job.write_back->bytes) ++granting_;
  port_.grants->pop(now);
  return true;
}

// How many bursts may be issued, `most` of them at most.
std::size_t WriteBackEngine::may_issue(std::size_t most, Cycle now) {
  if (!dram_.limits_outstanding()) return most;
  const std::size_t room = timed_.room(most, dram_.outstanding_bursts() - reported_, now);
  if (room < most && timed_.next() != kNever) owner_.request_edge(timed_.next());
  return room;
}

bool WriteBackEngine::issue_bursts(Cycle now, unsigned& budget) {
  bool moved = false;
  while (budget > 0 && sending_ < jobs_.size()) {
    Job& job = jobs_[sending_];
    const unsigned issued = issue_bursts(job, now, budget);
    budget -= issued;
    moved |= issued > 0;
    if (job.sent < job.write_back->bytes) break;
    ++sending_;
    if (job.done_from > now) owner_.request_edge(job.done_from);
  }
  return moved;
}

// The next bursts of a job, `most` of them at most; how many.
unsigned WriteBackEngine::issue_bursts(Job& job, Cycle now, unsigned most) {
  const std::uint64_t begin = job.write_back->dram_address + job.sent;
  const std::uint64_t end = job.write_back->dram_address + job.write_back->bytes;
  const std::uint64_t here = job.write_back->dram_address + job.read;
  const std::size_t wanted =
      std::min({std::size_t{most}, dram_.bursts_before(here, begin, end), may_issue(most, now)});
  const auto done = dram_.request(BurstKind::write, job.channel, wanted,
                                  static_cast<std::uint32_t>(first_tag_ + sending_), 0, now, owner_);
  dram_.tell(BurstKind::write, begin, done.size(), now);
  std::size_t channel = job.channel;
  for (const Cycle at : done) {
    if (at == kNever) {
      ++job.pending;
      ++reported_;
    } else {
      job.done_from = std::max(job.done_from, at);
      if (dram_.limits_outstanding()) timed_.add(channel, at);
    }
    channel = dram_.after(channel);
  }
  const std::uint64_t bytes = dram_.after_bursts(done.size(), begin, end) - begin;
  run_.events[Event::dma_byte] += bytes;
  job.sent += bytes;
  job.channel = channel;
  held_ -= bytes;
  return static_cast<unsigned>(done.size());
}

bool WriteBackEngine::next_job(Cycle now) {
  const QueuedCommand* queued = commands_.front(now);
  if (queued == nullptr || !run_.scoreboard.ready(queued->after, waiter_, now)) return false;
  Job job;
  job.write_back = &run_.program->write_backs[run_.index(queued->command)];
  job.channel = dram_.channel_of(job.write_back->dram_address);
  jobs_.push_back(job);
  commands_.pop(now);
  return true;
}

bool WriteBackEngine::read_buffer(Cycle now) {
  if (reading_ == jobs_.size() && !next_job(now)) return false;
  Job& job = jobs_[reading_];
  const std::uint64_t address = job.write_back->buffer_address + job.asked;
  const std::uint32_t bytes = shape_.beat_bytes(address, job.write_back->bytes - job.asked);
  if (held_ + bytes > store_bytes_ || !port_.requests->can_push(now)) return false;
  port_.requests->push(now, {address, bytes, 0});
  job.asked += bytes;
  held_ += bytes;
  if (job.asked == job.write_back->bytes) ++reading_;
  return true;
}

void WriteBackEngine::image(StateImage& image) const {
  busy_.image(image);
  image.number(waiter_.waiting ? 1 : 0);
  commands_.image(image, kImpliedByCount);
  image.number(jobs_.size());
  image.number(reading_);
  image.number(granting_);
  image.number(sending_);
  for (const Job& job : jobs_) {
    image.number(job.asked);
    image.number(job.read);
    image.number(job.sent);
    image.number(job.pending);
    image.time(job.done_from);
  }
  image.number(held_);
  image.number(reported_);
  timed_.image(image);
  port_.image(image, run_.buffer_line_bytes);
}

void WriteBackEngine::list(SignalList& signals) const {
  const SignalList::Scope scope(signals, "write_back");
  signals.add("commands_under_way", 16, [this](Cycle) { return jobs_.size(); });
  signals.add("sending", sending_);
  signals.add("bursts_in_flight", reported_);
  signals.add("held_bytes", held_);
  commands_.list(signals, "commands");
}

std::string WriteBackEngine::state() const {
  if (jobs_.empty() && commands_.size() == 0) return {};
  const std::string wait = describe_wait(run_, commands_);
  return fmt::format("write-back: {} commands under way, {} queued, {} bursts in flight{}{}", jobs_.size(),
                     commands_.size(), reported_, wait.empty() ? "" : ", ", wait);
}

}  // namespace lnsim
