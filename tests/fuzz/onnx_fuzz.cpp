// The ONNX importer. A model is the input's bytes, or what they say as protobuf text: changes of text give
// whole models, where most changes of bytes only spoil the lengths in front of what they are in.
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>
#include <onnx/onnx_pb.h>

#include "tests/fuzz/fuzz_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  const std::string_view input = bytes_of(data, size);
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  const bool is_text = google::protobuf::TextFormat::ParseFromString(std::string(input), &model);
  fuzz_import("onnx", is_text ? model.SerializeAsString() : input);
  return 0;
}
