#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/unit/temporary_folder.h"
#include "tools/characterise/gates/liberty.h"
#include "tools/characterise/synthesise.h"

namespace lnsim::characterise {
namespace {

namespace fs = std::filesystem;

std::string netlist(const fs::path& folder, const fs::path& rtl) {
  DesignParameters design;
  design.name = "lane";
  design.vector_size = 4;
  design.collector_entries = 2;
  design.datapath.kind = arith::DatapathKind::lns;
  design.datapath.pipeline_stages = 3;
  design.datapath.accumulator_bits = 16;
  design.operand_a.bits = design.operand_b.bits = 5;
  design.operand_a.gamma = design.operand_b.gamma = 4;
  const fs::path liberty[] = {OSU018_LIBERTY};
  const gates::Library library = gates::read_liberty(liberty);
  fs::create_directories(folder / "lane");
  const SynthesisLibrary files = write_synthesis_library(liberty, library, folder);
  const auto adder = find_full_adder(library);
  const MappedFiles mapped =
      synthesise(make_design(design), files, &*adder, {1000, "INVX1", 20}, {rtl}, folder / "lane");
  std::ifstream stream(mapped.verilog);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(MappedNetlist, IsTheSameWhereverFolderAndRtlStand) {
  const TemporaryFolder here, there;
  const fs::path rtl = LNSIM_SOURCE_DIR "/models/rtl", other_rtl = there.path() / "a copy" / "of the modules";
  fs::create_directories(other_rtl);
  fs::copy(rtl, other_rtl, fs::copy_options::recursive);
  const std::string first = netlist(here.path(), rtl);
  EXPECT_NE(first.find("module"), std::string::npos);
  EXPECT_EQ(netlist(there.path() / "zz" / "deeper", other_rtl), first);
}

}  // namespace
}  // namespace lnsim::characterise
