#include <span>

#include "tools/characterise/packed_words.h"
#include "tools/characterise/stimulus.h"
#include "tools/characterise/twin_lane.h"

namespace lnsim::characterise {
namespace {

class LaneStimulus final : public Stimulus {
 public:
  LaneStimulus(const DesignParameters& design, std::unique_ptr<OperandStream> operands)
      : size_(design.vector_size),
        entries_(design.collector_entries),
        bits_a_(arith::make_format(format_a(design))->storage_bits()),
        bits_b_(arith::make_format(format_b(design))->storage_bits()),
        twin_(design),
        operands_(std::move(operands)),
        held_(operands_->next()),
        following_(operands_->next()) {}

  std::vector<PortValue> next() override {
    std::vector<PortValue> values;
    // The first cycle fills the first bank and works on nothing.
    if (!started_) {
      started_ = true;
      return {
          {"reset", {1}},     {"write", {1}}, {"write_bank", {0}}, {"write_data", packed(held_.a, bits_a_)},
          {"read_bank", {1}}, {"valid", {0}}, {"first", {0}},      {"entry", {0}}};
    }
    if (entry_ == entries_) {
      entry_ = 0;
      bank_ ^= 1;
      held_ = std::move(following_);
      following_ = operands_->next();
    }
    // While a vector is worked on, the other bank takes the next one.
    if (entry_ == 0) {
      values = {{"reset", {0}},
                {"valid", {1}},
                {"read_bank", {bank_}},
                {"first", {held_.first ? 1u : 0u}},
                {"write", {1}},
                {"write_bank", {bank_ ^ 1}},
                {"write_data", packed(following_.a, bits_a_)}};
    } else if (entry_ == 1) {
      values = {{"write", {0}}};
    }
    const std::span<const arith::Code> all(held_.b);
    values.push_back({"entry", {entry_}});
    values.push_back({"b", packed(all.subspan(std::size_t{entry_} * size_, size_), bits_b_)});
    twin_.beat(held_, entry_);
    ++entry_;
    return values;
  }
  arith::SwitchingCounts switching() const override { return twin_.switching(); }

 private:
  static std::vector<std::uint64_t> packed(std::span<const arith::Code> codes, unsigned bits) {
    PackedWords words;
    for (const arith::Code code : codes) words.append(code, bits);
    return words.words();
  }

  unsigned size_, entries_, bits_a_, bits_b_;
  TwinLane twin_;
  std::unique_ptr<OperandStream> operands_;
  Hold held_, following_;
  bool started_ = false;
  unsigned entry_ = 0;
  std::uint64_t bank_ = 0;
};

class IdleStimulus final : public Stimulus {
 public:
  IdleStimulus(std::unique_ptr<Stimulus> beats, unsigned count) : beats_(std::move(beats)), left_(count) {}

  std::vector<PortValue> next() override {
    if (left_ > 0) {
      --left_;
      return beats_->next();
    }
    return {{"valid", {0}}, {"write", {0}}};
  }

 private:
  std::unique_ptr<Stimulus> beats_;
  unsigned left_;
};

}  // namespace

std::unique_ptr<Stimulus> make_lane_stimulus(const DesignParameters& design,
                                             std::unique_ptr<OperandStream> operands) {
  return std::make_unique<LaneStimulus>(design, std::move(operands));
}

std::unique_ptr<Stimulus> make_idle_stimulus(const DesignParameters& design,
                                             std::unique_ptr<OperandStream> operands, unsigned beats) {
  return std::make_unique<IdleStimulus>(make_lane_stimulus(design, std::move(operands)), beats);
}

}  // namespace lnsim::characterise
