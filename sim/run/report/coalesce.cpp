#include "sim/run/report/coalesce.h"

#include <array>

namespace lnsim {
namespace {

using Piece = ActivityLog::Piece;

class Coalescer {
 public:
  explicit Coalescer(Cycle resolution) : resolution_(resolution) {}

  void add(const Piece& piece) {
    if (kinds_ > 0 && piece.end - group_begin_ > resolution_) flush();
    if (kinds_ == 0) group_begin_ = piece.begin;
    if (cycles_of_[piece.doing] == 0) order_[kinds_++] = piece.doing;
    cycles_of_[piece.doing] += piece.end - piece.begin;
  }

  std::vector<Piece> finish() {
    flush();
    return std::move(result_);
  }

 private:
  void flush() {
    Cycle at = group_begin_;
    for (std::size_t i = 0; i < kinds_; ++i) {
      Cycle& cycles = cycles_of_[order_[i]];
      append_piece(result_, {at, at + cycles, order_[i]});
      at += cycles;
      cycles = 0;
    }
    kinds_ = 0;
  }

  Cycle resolution_;
  std::array<Cycle, kUnitDoings> cycles_of_{};  // of the group being gathered
  std::array<UnitDoing, kUnitDoings> order_{};  // of first appearance in it
  std::size_t kinds_ = 0;
  Cycle group_begin_ = 0;
  std::vector<Piece> result_;
};

}  // namespace

std::vector<Piece> coalesced(const std::vector<Piece>& pieces, Cycle resolution) {
  Coalescer coalescer(resolution);
  for (const Piece& piece : pieces) coalescer.add(piece);
  return coalescer.finish();
}

}  // namespace lnsim
