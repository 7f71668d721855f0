// The Chakra importer. A trace is the input's bytes, or lines that say what stands in it, an operator each:
// changes of lines give whole traces, where most changes of bytes only spoil the lengths in front of what
// they are in. A line is name|sequence number|thread|inputs|outputs, each of the last two
// values|shapes|types.
#include <chakra_trace.pb.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <cstdlib>
#include <sstream>
#include <vector>

#include "tests/fuzz/fuzz_import.h"

namespace lnsim {
namespace {

constexpr std::size_t kFields = 9;

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '|');) fields.push_back(field);
  return fields;
}

void put_attribute(chakra::wire::Node& node, const char* name, const std::string& number) {
  auto& attribute = *node.add_attributes();
  attribute.set_name(name);
  attribute.set_int64(std::strtoll(number.c_str(), nullptr, 10));
}

void put_arguments(chakra::wire::Arguments& arguments, const std::string* fields) {
  arguments.set_values(fields[0]);
  arguments.set_shapes(fields[1]);
  arguments.set_types(fields[2]);
}

// Empty when the input is no such text.
std::string trace_of(std::string_view text) {
  std::ostringstream trace;
  chakra::wire::Metadata metadata;
  metadata.set_version("0.0.4");
  google::protobuf::util::SerializeDelimitedToOstream(metadata, &trace);
  std::istringstream lines{std::string(text)};
  std::uint64_t id = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() != kFields) return "";
    chakra::wire::Node node;
    node.set_id(++id);
    node.set_type(4);  // computes
    node.set_name(fields[0]);
    put_attribute(node, "seq_id", fields[1]);
    put_attribute(node, "tid", fields[2]);
    put_arguments(*node.mutable_inputs(), &fields[3]);
    put_arguments(*node.mutable_outputs(), &fields[6]);
    google::protobuf::util::SerializeDelimitedToOstream(node, &trace);
  }
  return trace.str();
}

}  // namespace
}  // namespace lnsim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  const std::string_view input = bytes_of(data, size);
  const std::string trace = trace_of(input);
  fuzz_import("chakra", trace.empty() ? input : trace);
  return 0;
}
