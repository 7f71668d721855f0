// What a lane is fed: operands drawn in several ways, in phases with their own rates of beats, padding and
// first beats, and sums that come back into the collector while nothing is under way.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "models/arith/number_format.h"

namespace lnsim::lockstep {

struct LaneBeat {
  std::uint32_t entry = 0;
  bool first = false;
  std::vector<arith::Code> a;
  std::vector<arith::Code> b;
  std::vector<bool> padding;
};

struct LaneLoad {
  std::uint32_t entry = 0;
  std::int64_t sum = 0;
};

struct LaneShape {
  unsigned vector_size = 1;
  unsigned entries = 2;
  unsigned bits_a = 8;  // of a stored code
  unsigned bits_b = 8;
  unsigned load_bits = 0;  // width of sums that come back, 0: none do
  unsigned pipeline_stages = 1;
  std::vector<arith::Code> corners_a;  // codes at the ends of the format
  std::vector<arith::Code> corners_b;
  std::vector<arith::Code> recorded_a;  // codes of a recorded tensor, in order; may be empty
  std::vector<arith::Code> recorded_b;
};

class LaneStimulus {
 public:
  LaneStimulus(LaneShape shape, std::uint64_t seed);

  // Starts with every pair of codes, once; for a vector size of 1.
  void all_pairs_first() { next_pair_ = 0; }

  // What happens in the next cycle: a beat, a sum that comes back, or nothing.
  void next();
  const LaneBeat* beat() const { return beating_ ? &beat_ : nullptr; }
  const LaneLoad* load() const { return loading_ ? &load_ : nullptr; }

 private:
  enum class Source : std::uint8_t { uniform, corners, recorded, mixed };

  void new_phase();
  void draw_beat();
  void draw_codes(Source source, unsigned bits, const std::vector<arith::Code>& corners,
                  const std::vector<arith::Code>& recorded, std::size_t& place,
                  std::vector<arith::Code>& codes);
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool percent(unsigned share) { return below(100) < share; }

  LaneShape shape_;
  std::mt19937_64 random_;
  LaneBeat beat_;
  LaneLoad load_;
  bool beating_ = false, loading_ = false;
  std::vector<bool> started_;  // by entry
  static constexpr std::uint64_t kNoPairs = ~std::uint64_t{0};
  std::uint64_t next_pair_ = kNoPairs;
  std::size_t place_a_ = 0, place_b_ = 0;

  // The phase.
  unsigned left_ = 0;      // cycles
  unsigned draining_ = 0;  // cycles until the pipeline is empty
  unsigned loads_ = 0;     // to come then
  Source source_a_ = Source::uniform, source_b_ = Source::uniform;
  unsigned beat_percent_ = 100, first_percent_ = 10, padding_percent_ = 10;
  std::uint32_t entries_ = 1;  // used
};

}  // namespace lnsim::lockstep
