#include "tests/lockstep/model_table.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lnsim::lockstep {
namespace {

class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : path_(path), file_(path) {
    if (!file_) throw std::runtime_error("cannot read " + path.string());
  }
  // The next line that is neither empty nor a comment.
  bool next(std::string& line) {
    while (std::getline(file_, line)) {
      ++number_;
      if (!line.empty() && line[0] != '#') return true;
    }
    return false;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", path_.string(), number_, what));
  }

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  int number_ = 0;
};

// The rest of a line that starts with `key` and a blank.
std::string value_of(Lines& lines, const std::string& key) {
  std::string line;
  if (!lines.next(line) || line.rfind(key + " ", 0) != 0) lines.fail("expected a line '" + key + " ...'");
  return line.substr(key.size() + 1);
}

}  // namespace

std::int64_t ModelRow::at(const std::string& parameter) const {
  const auto found = parameters.find(parameter);
  if (found == parameters.end()) throw std::runtime_error(name + " has no parameter " + parameter);
  return found->second;
}

std::vector<ModelRow> read_models(const std::filesystem::path& table) {
  std::vector<ModelRow> rows;
  Lines lines(table);
  for (std::string line; lines.next(line);) {
    std::istringstream words(line);
    ModelRow row;
    words >> row.name >> row.top;
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos) lines.fail("expected PARAMETER=NUMBER, got " + word);
      row.parameters[word.substr(0, equals)] = std::stoll(word.substr(equals + 1));
    }
    if (row.top.empty()) lines.fail("expected NAME TOP");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Mutation> read_mutations(const std::filesystem::path& table) {
  std::vector<Mutation> mutations;
  Lines lines(table);
  for (std::string line; lines.next(line);) {
    std::istringstream words(line);
    std::string mutant;
    Mutation mutation;
    words >> mutant >> mutation.name >> mutation.row >> mutation.file;
    if (mutant != "mutant" || mutation.file.empty()) lines.fail("expected 'mutant NAME ROW FILE'");
    mutation.text = value_of(lines, "text");
    mutation.replacement = value_of(lines, "with");
    mutations.push_back(std::move(mutation));
  }
  return mutations;
}

}  // namespace lnsim::lockstep
