#include "models/fast_forward.h"

#include <algorithm>
#include <utility>

#include "models/control/timing_signature.h"
#include "sim/base/hash.h"

namespace lnsim {
namespace {

// Commands on either side that must have been met before a state is worth looking at.
constexpr std::uint32_t kSurroundings = 24;
// States looked at in vain before only every second one of the surroundings left is looked at.
constexpr std::uint32_t kPatience = 64;
constexpr std::uint64_t kHashBase = 0x9E3779B97F4A7C15ULL;
// States kept for comparison, in words of 64 bits: hundreds of them on machines of some ten PEs, more than a
// loop nest has different ones.
constexpr std::size_t kMostWords = std::size_t{1} << 22;

constexpr std::uint64_t power(std::uint64_t base, std::uint32_t exponent) {
  std::uint64_t result = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

}  // namespace

FastForward::FastForward(Machine& machine, const Program& program, const AcceleratorParameters& parameters,
                         Cycle start)
    : machine_(machine),
      program_(program),
      start_(start),
      signatures_(timing_signatures(program, parameters)) {
  prefix_hashes_.reserve(signatures_.size() + 1);
  prefix_hashes_.push_back(0);
  for (const std::uint32_t signature : signatures_)
    prefix_hashes_.push_back(prefix_hashes_.back() * kHashBase + signature + 1);
}

void FastForward::look(Cycle now) {
  const std::uint64_t around = surroundings();
  if (met_.insert(around).second || (around >> 32U) % looked_at_of_ != 0) return;
  if (++fruitless_ % kPatience == 0) looked_at_of_ *= 2;
  image_.begin(now);
  machine_.image(image_);
  const std::uint64_t key = around ^ hash_words(image_.words());
  Moment here = moment(now);
  const auto found = moments_.find(key);
  if (found != moments_.end() && found->second.image == image_.words()) {
    const std::uint32_t periods = repetitions(found->second, here);
    if (periods > 0) {
      pass_over(found->second, here, periods);
      fruitless_ = 0;
      looked_at_of_ = 1;
      here = moment(now);
    }
  }
  here.image = image_.words();
  remember(key, std::move(here));
}

FastForward::Moment FastForward::moment(Cycle now) const {
  RunState& run = machine_.run();
  const Controller& controller = machine_.controller();
  Moment here;
  here.next = controller.next();
  here.run.cycles = now - start_;
  here.run.cycles_by_cause = run.activity.cycles(now);
  here.run.events = run.events;
  here.run += passed_;
  const auto issued = controller.issued();
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    here.issued[i] = issued[i] + controller.passed_over()[i];
    here.reached[i] = run.scoreboard.value(static_cast<Counter>(i)) + controller.passed_over()[i];
  }
  return here;
}

std::uint64_t FastForward::surroundings() const {
  static constexpr std::uint64_t kShift = power(kHashBase, 2 * kSurroundings);
  const std::uint32_t next = machine_.controller().next();
  const auto size = static_cast<std::uint32_t>(signatures_.size());
  const std::uint32_t begin = next - std::min(next, kSurroundings);
  const std::uint32_t end = std::min(size, next + kSurroundings);
  if (end - begin == 2 * kSurroundings) return prefix_hashes_[end] - prefix_hashes_[begin] * kShift;
  // Cut off by an end of the program: like nothing else.
  return prefix_hashes_[end] ^ ~std::uint64_t{next};
}

void FastForward::remember(std::uint64_t key, Moment&& moment) {
  const auto [entry, is_new] = moments_.try_emplace(key);
  if (is_new) keys_.push_back(key);
  words_ += moment.image.size() - entry->second.image.size();
  entry->second = std::move(moment);
  while (words_ > kMostWords && keys_.size() > 1) {
    const auto oldest = moments_.find(keys_.front());
    words_ -= oldest->second.image.size();
    moments_.erase(oldest);
    keys_.pop_front();
  }
}

std::uint32_t FastForward::reach_back(const Moment& now) const {
  Counters left{};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kCounterCount; ++i) left[i] = now.issued[i] - now.reached[i];
  // PE commands are under way until they are consumed and produced.
  const auto consumed = static_cast<std::size_t>(Counter::consumed);
  const auto produced = static_cast<std::size_t>(Counter::produced);
  left[produced] = std::max(left[produced], std::exchange(left[consumed], 0));
  for (const std::uint64_t count : left) sum += count;
  std::uint32_t back = 0;
  while (sum > 0) {
    ++back;
    const Command& command = program_.commands[now.next - back];
    std::uint64_t& count = left[static_cast<std::size_t>(completion_of(command.operation))];
    if (count == 0) continue;
    --count;
    --sum;
  }
  return back;
}

bool FastForward::repeats(std::uint32_t before, std::uint32_t after, const Moment& then,
                          const Moment& now) const {
  if (signatures_[before] != signatures_[after]) return false;
  const auto& first = program_.commands[before].after.at_least;
  const auto& second = program_.commands[after].after.at_least;
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const bool moves_on = second[i] == first[i] + (now.issued[i] - then.issued[i]);
    const bool was_met = first[i] <= then.reached[i] && second[i] <= now.reached[i];
    if (!moves_on && !was_met) return false;
  }
  return true;
}

std::uint32_t FastForward::repetitions(const Moment& then, const Moment& now) const {
  const std::uint32_t period = now.next - then.next;
  const std::uint32_t back = reach_back(now);
  const auto size = static_cast<std::uint32_t>(signatures_.size());
  if (period == 0 || back > then.next || now.next + period > size) return 0;
  for (std::uint32_t i = 1; i <= back; ++i) {
    if (!repeats(then.next - i, now.next - i, then, now)) return 0;
  }
  std::uint32_t same = 0;
  while (now.next + same < size && repeats(then.next + same, now.next + same, then, now)) ++same;
  return same / period;
}

void FastForward::pass_over(const Moment& then, const Moment& now, std::uint32_t periods) {
  Counters commands{};
  for (std::size_t i = 0; i < kCounterCount; ++i) commands[i] = (now.issued[i] - then.issued[i]) * periods;
  RunResult period = now.run;
  period.subtract_shapes(then.run);
  passed_.add_shapes(period, periods);
  machine_.run().scoreboard.pass_over(commands);
  machine_.controller().pass_over((now.next - then.next) * periods, commands);
}

}  // namespace lnsim
