#include "models/control/program.h"

namespace lnsim {
namespace {

// Appends to the table of its kind and to the commands; the new length of the table is the value of the
// progress counter, except for PE commands, which share one queue.
template <class Entry>
std::uint32_t append(Program& program, std::vector<Entry>& table, Operation operation, const Entry& entry,
                     const Dependencies& after) {
  program.commands.push_back({operation, static_cast<std::uint32_t>(table.size()), after});
  table.push_back(entry);
  return static_cast<std::uint32_t>(table.size());
}

}  // namespace

Counter completion_of(Operation operation) {
  switch (operation) {
    case Operation::fetch:
      return Counter::fetched;
    case Operation::write_back:
      return Counter::written_back;
    case Operation::load:
      return Counter::loaded;
    case Operation::update:
      return Counter::updated;
    case Operation::compute:
    case Operation::vector_work:
      break;
  }
  return Counter::produced;
}

std::uint32_t Program::add(const Fetch& fetch, const Dependencies& after) {
  return append(*this, fetches, Operation::fetch, fetch, after);
}

std::uint32_t Program::add(const WriteBack& write_back, const Dependencies& after) {
  return append(*this, write_backs, Operation::write_back, write_back, after);
}

std::uint32_t Program::add(const Load& load, const Dependencies& after) {
  return append(*this, loads, Operation::load, load, after);
}

std::uint32_t Program::add(const Compute& compute, const Dependencies& after) {
  append(*this, computes, Operation::compute, compute, after);
  return static_cast<std::uint32_t>(computes.size() + vector_works.size());
}

std::uint32_t Program::add(const VectorWork& work, const Dependencies& after) {
  append(*this, vector_works, Operation::vector_work, work, after);
  return static_cast<std::uint32_t>(computes.size() + vector_works.size());
}

std::uint32_t Program::add(const Update& update, const Dependencies& after) {
  return append(*this, updates, Operation::update, update, after);
}

}  // namespace lnsim
