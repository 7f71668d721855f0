#include "models/compute/ppu.h"

#include <fmt/format.h>

namespace lnsim {

Ppu::Ppu(const sc_core::sc_module_name& name, Simulation& simulation, const PpuParameters& parameters,
         RunState& run, Channel<FinishedColumn>& columns, Channel<OutputPacket>& packets,
         const BeatShape& shape)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      run_(run),
      columns_(columns),
      packets_(packets),
      shape_(shape),
      busy_(run.activity, this->name()) {}

void Ppu::reset() {
  busy_.reset();
  working_ = flush_ = false;
  last_cycle_ = free_from_ = 0;
  waiting_ = 0;
}

void Ppu::step(Cycle now) {
  finish_column(now);
  take_column(now);
  finish_column(now);
  send_packet(now);
  busy_.set_if(working_ || waiting_ > 0, Cause::write_back, now);
}

void Ppu::take_column(Cycle now) {
  if (working_ || flush_ || waiting_ >= shape_.width()) return;
  if (now < free_from_) {
    request_edge(free_from_);
    return;
  }
  const FinishedColumn* column = columns_.front(now);
  if (column == nullptr) return;
  const std::uint32_t rows = column->rows;
  column_ = *column;
  columns_.pop(now);
  working_ = true;
  if (rows != rows_) {  // seldom: a division is slow
    rows_ = rows;
    cycles_ = ceil_div(rows_, parameters_.values_per_cycle);
  }
  const Cycle cycles = cycles_;
  last_cycle_ = now + cycles - 1;
  free_from_ = now + cycles;
  request_edge(cycles > 1 ? last_cycle_ : free_from_);
}

void Ppu::finish_column(Cycle now) {
  if (!working_ || now < last_cycle_) return;
  working_ = false;
  if (waiting_ == 0) address_ = column_.address;
  waiting_ += column_.bytes;
  flush_ = column_.last;
  ordinal_ = column_.ordinal;
  if (column_.quantise) run_.events[Event::ppu_value] += column_.rows;
}

void Ppu::send_packet(Cycle now) {
  if (waiting_ == 0) return;
  const std::uint32_t bytes = shape_.beat_bytes(address_, flush_ ? waiting_ : shape_.width());
  if (waiting_ < bytes || !packets_.can_push(now)) return;
  const bool last = flush_ && bytes == waiting_;
  packets_.push(now, {address_, bytes, ordinal_, last});
  address_ += bytes;
  waiting_ -= bytes;
  if (last) flush_ = false;
  request_edge(now + 1);
}

void Ppu::image(StateImage& image) const {
  const auto write = [&](const FinishedColumn& column) {
    image.number(run_.in_line(column.address));
    image.number(column.bytes);
    image.number(column.rows);
    image.number(run_.behind(column.ordinal) * 4 + (column.quantise ? 2 : 0) + (column.last ? 1 : 0));
  };
  columns_.image(image, write);
  busy_.image(image);
  image.number(working_ ? 1 : 0);
  if (working_) {
    write(column_);
    image.time(last_cycle_);
  }
  image.time(free_from_);
  image.number(waiting_);
  if (waiting_ == 0) return;
  image.number(run_.in_line(address_));
  image.number(run_.behind(ordinal_) * 2 + (flush_ ? 1 : 0));
}

void Ppu::list(SignalList& signals) const {
  signals.add("working", working_);
  signals.add("flush", flush_);
  signals.add("waiting_bytes", waiting_);
  signals.add("command", ordinal_);
  columns_.list(signals, "columns");
}

std::string Ppu::state() const {
  if (!working_ && waiting_ == 0 && columns_.size() == 0) return {};
  return fmt::format("{} columns queued, {} bytes wait for the return bus", columns_.size(), waiting_);
}

}  // namespace lnsim
