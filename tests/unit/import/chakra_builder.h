// Builds small Chakra execution traces for tests.
#pragma once

#include <chakra_trace.pb.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace lnsim {

class ChakraBuilder {
 public:
  struct Argument {
    std::string value, shape, type;
  };
  static Argument tensor(int storage, const std::vector<std::int64_t>& shape) {
    std::string extents;
    for (const std::int64_t extent : shape) extents += (extents.empty() ? "" : ", ") + std::to_string(extent);
    const std::string place = std::to_string(storage);
    return {"[" + place + ", " + place + ", 0, 1, 4, 'cuda:0']", "[" + extents + "]", "'Tensor(float)'"};
  }
  static Argument value(const std::string& text) { return {text, "[]", "'Value'"}; }
  static Argument none() { return {"'<None>'", "[]", "'None'"}; }

  ChakraBuilder() {
    chakra::wire::Metadata metadata;
    metadata.set_version("0.0.4");
    write(metadata);
  }

  // An operator as it stands for its first kernel. A sequence number of -1 is that of backward.
  void add(const std::string& name, std::int64_t sequence, const std::vector<Argument>& inputs,
           const std::vector<Argument>& outputs, std::uint64_t parent = 0, std::int64_t thread = 1) {
    chakra::wire::Node node = node_of(name + "(0)", inputs, outputs);
    node.add_control_dependencies(parent);
    attribute(node, "is_cpu_op").set_boolean(true);
    attribute(node, "rf_id").set_int64(++calls_);
    attribute(node, "seq_id").set_int64(sequence);
    attribute(node, "tid").set_int64(thread);
    write(node);
    // Its second kernel, and the kernels themselves, copy its arguments.
    node.set_id(++ids_);
    node.set_name(name + "(1)");
    write(node);
    chakra::wire::Node kernel = node_of("maxwell_sgemm_64x64_nn", inputs, outputs);
    attribute(kernel, "is_cpu_op").set_boolean(false);
    write(kernel);
  }

  chakra::wire::Node node_of(const std::string& name, const std::vector<Argument>& inputs,
                             const std::vector<Argument>& outputs) {
    chakra::wire::Node node;
    node.set_id(++ids_);
    node.set_name(name);
    node.set_type(4);
    put(*node.mutable_inputs(), inputs);
    put(*node.mutable_outputs(), outputs);
    return node;
  }
  static chakra::wire::Attribute& attribute(chakra::wire::Node& node, const std::string& name) {
    auto& added = *node.add_attributes();
    added.set_name(name);
    return added;
  }
  template <class Message>
  void write(const Message& message) {
    google::protobuf::util::SerializeDelimitedToOstream(message, &bytes_);
  }

  std::string bytes() const { return bytes_.str(); }

 private:
  static void put(chakra::wire::Arguments& into, const std::vector<Argument>& arguments) {
    std::string values, shapes, types;
    for (const Argument& argument : arguments) {
      const char* comma = values.empty() ? "" : ", ";
      values += comma + argument.value;
      shapes += comma + argument.shape;
      types += comma + argument.type;
    }
    into.set_values("[" + values + "]");
    into.set_shapes("[" + shapes + "]");
    into.set_types("[" + types + "]");
  }

  std::ostringstream bytes_;
  std::uint64_t ids_ = 0;
  std::int64_t calls_ = 0;
};

}  // namespace lnsim
