#include "tools/characterise/specification.h"

#include <gtest/gtest.h>

#include <fstream>

#include "models/parameters.h"
#include "tests/robustness/bad_files.h"
#include "tests/unit/temporary_folder.h"
#include "tools/characterise/design.h"

namespace lnsim::characterise {
namespace {

TEST(Specification, EveryBadFileGivesExactlyItsMessages) {
  const auto files = bad_files("bad_characterise", ".yaml");
  EXPECT_FALSE(files.empty());
  for (const std::filesystem::path& file : files) {
    std::filesystem::path messages = file;
    EXPECT_EQ(message_when(read_specification, file), content(messages.replace_extension(".txt"))) << file;
  }
}

TEST(Specification, WhatItDoesNotSayIsAsInTheDefaultMachine) {
  const DesignParameters design;
  const AcceleratorParameters machine;
  EXPECT_EQ(design.vector_size, machine.pe.vector_size);
  EXPECT_EQ(design.lanes, machine.pe.lanes);
  EXPECT_EQ(design.collector_entries, machine.pe.collector_entries);
  EXPECT_EQ(design.operand_a, machine.formats.weight);
  EXPECT_EQ(design.operand_b, machine.formats.activation);
  EXPECT_EQ(design.output, machine.formats.activation);
  EXPECT_EQ(design.gradient, machine.formats.gradient);
  EXPECT_EQ(design.stored, machine.formats.update);
  EXPECT_EQ(design.gradient_bound, machine.optimizer.gradient_bound);
  EXPECT_EQ(design.latency_cycles, machine.weight_update.latency_cycles);
  EXPECT_EQ(Specification{}.frequency_ghz, machine.clock.frequency_ghz);
}

TEST(Specification, CommittedOnesAreGood) {
  for (const auto& entry : std::filesystem::directory_iterator(LNSIM_SOURCE_DIR "/configs/characterise")) {
    if (entry.path().extension() != ".yaml") continue;
    const Specification specification = read_specification(entry.path());
    for (const DesignParameters& design : specification.designs)
      EXPECT_NE(make_design(design).verilog.find("module characterised"), std::string::npos) << design.name;
  }
}

}  // namespace
}  // namespace lnsim::characterise
