#include "tests/lockstep/lane_stimulus.h"

#include <array>
#include <utility>

namespace lnsim::lockstep {

LaneStimulus::LaneStimulus(LaneShape shape, std::uint64_t seed) : shape_(std::move(shape)), random_(seed) {
  beat_.a.resize(shape_.vector_size);
  beat_.b.resize(shape_.vector_size);
  beat_.padding.resize(shape_.vector_size);
  started_.resize(shape_.entries);
  new_phase();
}

void LaneStimulus::new_phase() {
  constexpr std::array<unsigned, 4> kBeats{100, 100, 60, 10};
  constexpr std::array<unsigned, 4> kFirsts{1, 5, 30, 100};
  constexpr std::array<unsigned, 4> kPaddings{0, 0, 15, 80};
  left_ = 50 + static_cast<unsigned>(below(400));
  beat_percent_ = kBeats[below(kBeats.size())];
  first_percent_ = kFirsts[below(kFirsts.size())];
  padding_percent_ = kPaddings[below(kPaddings.size())];
  entries_ = percent(30) ? 1 : shape_.entries;
  const auto source = [&](const std::vector<arith::Code>& recorded) {
    const auto drawn = static_cast<Source>(below(4));
    return drawn == Source::recorded && recorded.empty() ? Source::uniform : drawn;
  };
  source_a_ = source(shape_.recorded_a);
  source_b_ = source(shape_.recorded_b);
  draining_ = shape_.pipeline_stages;
  loads_ = shape_.load_bits > 0 ? static_cast<unsigned>(below(4)) : 0;
}

void LaneStimulus::next() {
  beating_ = loading_ = false;
  if (draining_ > 0) {
    --draining_;
  } else if (loads_ > 0) {
    --loads_;
    loading_ = true;
    load_.entry = static_cast<std::uint32_t>(below(shape_.entries));
    // Half of them near an end of the range.
    const unsigned unused = 64 - shape_.load_bits;
    std::uint64_t sum = random_();
    if (percent(50))
      sum = ((sum & 1) != 0 ? ~std::uint64_t{0} >> 1 : ~std::uint64_t{0} << 63) ^ (sum >> 5 << unused);
    load_.sum = static_cast<std::int64_t>(sum) >> unused;
    started_[load_.entry] = true;
  } else {
    beating_ = percent(beat_percent_);
    if (beating_) draw_beat();
    if (--left_ == 0) new_phase();
  }
}

void LaneStimulus::draw_beat() {
  beat_.entry = static_cast<std::uint32_t>(below(entries_));
  // An entry must start before anything is added to it.
  beat_.first = !started_[beat_.entry] || percent(first_percent_);
  started_[beat_.entry] = true;
  if (next_pair_ != kNoPairs && next_pair_ >> (shape_.bits_a + shape_.bits_b) == 0) {
    beat_.a[0] = static_cast<arith::Code>(next_pair_ & ((1u << shape_.bits_a) - 1));
    beat_.b[0] = static_cast<arith::Code>(next_pair_ >> shape_.bits_a);
    beat_.padding[0] = false;
    ++next_pair_;
    return;
  }
  draw_codes(source_a_, shape_.bits_a, shape_.corners_a, shape_.recorded_a, place_a_, beat_.a);
  draw_codes(source_b_, shape_.bits_b, shape_.corners_b, shape_.recorded_b, place_b_, beat_.b);
  for (unsigned i = 0; i < shape_.vector_size; ++i)
    beat_.padding[i] = padding_percent_ > 0 && percent(padding_percent_);
}

void LaneStimulus::draw_codes(Source source, unsigned bits, const std::vector<arith::Code>& corners,
                              const std::vector<arith::Code>& recorded, std::size_t& place,
                              std::vector<arith::Code>& codes) {
  const auto mask = static_cast<arith::Code>((std::uint64_t{1} << bits) - 1);
  for (arith::Code& code : codes) {
    if (source == Source::recorded) {
      code = recorded[place++ % recorded.size()];
    } else if (source == Source::corners || (source == Source::mixed && percent(30))) {
      code = corners[below(corners.size())];
    } else {
      code = static_cast<arith::Code>(random_()) & mask;
    }
  }
}

}  // namespace lnsim::lockstep
