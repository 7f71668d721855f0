// The table of formats: which one a file is taken for.
#include "tools/import/import.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/import/chakra_builder.h"
#include "tests/unit/import/onnx_builder.h"
#include "tests/unit/import/trace_builder.h"

namespace lnsim {
namespace {

// By its contents alone, and all formats that would take it.
std::vector<std::string> formats_of(const std::string& bytes) {
  std::vector<std::string> names;
  for (const ImportFormat& format : import_formats()) {
    if (format.looks_like(bytes, "file")) names.emplace_back(format.name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(ImportFormat, of_an_execution_trace_of_pytorch_is_told_by_its_contents) {
  EXPECT_EQ(formats_of(TraceBuilder().flat().dump()), Names{"pytorch"});
  EXPECT_EQ(formats_of("\n " + TraceBuilder().nested().dump(2)), Names{"pytorch"});
}

TEST(ImportFormat, of_an_onnx_model_is_told_by_its_contents) {
  ModelBuilder model;
  model.input("x", {2, 3});
  model.node("Relu", {"x"}, {"y"});
  EXPECT_EQ(formats_of(model.model.SerializeAsString()), Names{"onnx"});
  model.model.set_producer_name("pytorch");
  EXPECT_EQ(formats_of(model.model.SerializeAsString()), Names{"onnx"});
}

TEST(ImportFormat, of_a_chakra_trace_is_told_by_its_contents) {
  EXPECT_EQ(formats_of(ChakraBuilder().bytes()), Names{"chakra"});
}

TEST(ImportFormat, of_other_files_is_none_of_the_binary_ones) {
  for (const char* text :
       {"{\"format\":\"lns-layertrace/1\"}\n", "{\"traceEvents\": []}", "PK\x03\x04", "\n"})
    EXPECT_EQ(formats_of(text), Names{}) << text;
}

TEST(ImportHeader, names_the_model_without_what_says_how_it_is_written) {
  EXPECT_EQ(import_header("a/resnet50.eg.json.gz", "").model, "resnet50");
  EXPECT_EQ(import_header("bert.v2.onnx", "").model, "bert.v2");
}

}  // namespace
}  // namespace lnsim
