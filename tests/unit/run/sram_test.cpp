#include "sim/run/energy/sram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "sim/run/energy/energy_table.h"

namespace lnsim {
namespace {

constexpr auto kRead = static_cast<std::size_t>(SramQuantity::read);

SramPoint read_point(double capacity_bytes, double width_bits, double pj) {
  SramPoint point{capacity_bytes, width_bits, {}};
  point.of[kRead] = pj;
  return point;
}

// Read energy 0.01 pJ x C^0.5 x W^0.25, leakage 1 uW per KiB.
SramTable power_law() {
  SramTable table;
  table.source = "made up";
  table.basis = Basis::published;
  table.uncertainty = {0.5, 2.0};
  table.port_energy = 0.25;
  table.port_leakage = 0.5;
  table.port_source = "ports";
  for (const double capacity : {1024.0, 16384.0, 262144.0}) {
    for (const double width : {16.0, 256.0}) {
      SramPoint point = read_point(capacity, width, 0.01 * std::sqrt(capacity) * std::pow(width, 0.25));
      point.of[static_cast<std::size_t>(SramQuantity::leakage)] = capacity / 1024.0 * 0.001;
      table.points.push_back(point);
    }
  }
  return table;
}

class Sram : public testing::Test {
 protected:
  std::optional<EventCost> cost(const SramTable& table, SramQuantity quantity, const SramShape& shape,
                                double ns = 1.0) {
    return sram_cost(table, quantity, shape, ns, {1, 1}, "events.x.sram", report_);
  }
  std::string complaints() const {
    std::string text;
    for (const Diagnostic& diagnostic : report_.sorted()) text += diagnostic.message();
    return text;
  }

 private:
  YamlDocument document_{"table.yaml", nullptr, {}};
  YamlReport report_{document_};
};

TEST_F(Sram, fit_finds_the_power_law_that_the_points_come_from) {
  const std::optional<SramFit> fit = fit_sram(power_law(), SramQuantity::read);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->capacity_exponent, 0.5, 1e-12);
  EXPECT_NEAR(fit->width_exponent, 0.25, 1e-12);
  EXPECT_NEAR(std::exp(fit->log_scale), 0.01, 1e-12);
  EXPECT_NEAR(fit->worst_low, 1.0, 1e-12);
  EXPECT_NEAR(fit->worst_high, 1.0, 1e-12);
}

// A corner of a square raised by a factor f: least squares of the logarithms spread 1/4 of ln f over the mean
// and both slopes, so that the fit gives f^(3/4) at that corner and f^(1/4) at its two neighbours and
// f^(-1/4) opposite.
TEST_F(Sram, fit_is_least_squares_of_the_logarithms) {
  const double f = 3.0;
  SramTable table;
  table.points = {read_point(1024, 16, 1.0), read_point(1024, 64, 1.0), read_point(4096, 16, 1.0),
                  read_point(4096, 64, f)};
  const std::optional<SramFit> fit = fit_sram(table, SramQuantity::read);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->at(4096, 64), std::pow(f, 0.75), 1e-9);
  EXPECT_NEAR(fit->at(1024, 64), std::pow(f, 0.25), 1e-9);
  EXPECT_NEAR(fit->at(4096, 16), std::pow(f, 0.25), 1e-9);
  EXPECT_NEAR(fit->at(1024, 16), std::pow(f, -0.25), 1e-9);
  EXPECT_NEAR(fit->worst_low, std::pow(f, -0.25), 1e-9);
  EXPECT_NEAR(fit->worst_high, std::pow(f, 0.25), 1e-9);
}

TEST_F(Sram, fit_needs_points_that_tell_capacity_and_width_apart) {
  SramTable table;
  table.points = {read_point(1024, 16, 1.0), read_point(2048, 32, 1.5), read_point(4096, 64, 2.0)};
  EXPECT_FALSE(fit_sram(table, SramQuantity::read));   // capacity and width go together
  EXPECT_FALSE(fit_sram(table, SramQuantity::write));  // no point has it
  table.points = {read_point(1024, 16, 1.0), read_point(2048, 16, 1.5), read_point(4096, 16, 2.0)};
  EXPECT_FALSE(fit_sram(table, SramQuantity::read));  // one width
}

TEST_F(Sram, byte_costs_its_share_of_an_access_to_one_bank) {
  const auto read = cost(power_law(), SramQuantity::read, {65536, 128, 8, 1});
  ASSERT_TRUE(read);
  EXPECT_NEAR(read->pj, 0.01 * 256 * std::pow(128.0, 0.25) / 16, 1e-9);
  EXPECT_EQ(read->basis, Basis::derived);
  EXPECT_EQ(read->uncertainty.low, 0.5);
  EXPECT_EQ(
      read->source,
      "8 x 65536 B x 128 bit: 8.611 pJ per access from a power law through 6 points, off by +0 % to +0 %: "
      "made up");
}

TEST_F(Sram, all_banks_leak_for_the_time_of_a_cycle) {
  const auto leakage = cost(power_law(), SramQuantity::leakage, {65536, 128, 8, 1}, 0.5);
  ASSERT_TRUE(leakage);
  EXPECT_NEAR(leakage->pj, 8 * 0.064 * 0.5, 1e-9);  // 64 uW x 0.5 ns x 8 banks
}

TEST_F(Sram, further_ports_add_their_shares) {
  const auto of_ports = [&](SramQuantity quantity, double ports) {
    return cost(power_law(), quantity, {65536, 128, 8, ports});
  };
  EXPECT_NEAR(of_ports(SramQuantity::read, 3)->pj / of_ports(SramQuantity::read, 1)->pj, 1.5, 1e-12);
  EXPECT_NEAR(of_ports(SramQuantity::leakage, 3)->pj / of_ports(SramQuantity::leakage, 1)->pj, 2.0, 1e-12);
  EXPECT_EQ(of_ports(SramQuantity::read, 2)->basis, Basis::our_choice);
  EXPECT_NE(of_ports(SramQuantity::read, 2)->source.find("; x 1.25 for 2 ports: ports"), std::string::npos);
}

TEST_F(Sram, beyond_the_points_is_marked_and_far_beyond_refused) {
  EXPECT_EQ(cost(power_law(), SramQuantity::read, {1024, 256, 1, 1})->source.find("extrapolated"),
            std::string::npos);
  EXPECT_NE(cost(power_law(), SramQuantity::read, {256, 1024, 1, 1})->source.find(", extrapolated: "),
            std::string::npos);
  EXPECT_EQ(complaints(), "");
  EXPECT_FALSE(cost(power_law(), SramQuantity::read, {255, 256, 1, 1}));
  EXPECT_EQ(
      complaints(),
      "table.yaml:1:1: events.x.sram: got a bank of 255 B with 256 bit, expected 256 to 1048576 B and 4 to "
      "1024 bit: the sram points and a factor of 4 around them");
}

TEST_F(Sram, words_wider_than_the_points_reach_stand_in_memories_side_by_side) {
  for (const SramQuantity quantity : {SramQuantity::read, SramQuantity::leakage}) {
    // Three of 683 bit each: two would be of 1025 bit.
    const auto wide = cost(power_law(), quantity, {49152, 2050, 4, 1});
    const auto one = cost(power_law(), quantity, {16384, 2050.0 / 3, 4, 1});
    ASSERT_TRUE(wide && one) << complaints();
    // A byte of a third of the words costs what it costs there; leakage is that of all of them.
    EXPECT_NEAR(wide->pj / one->pj, quantity == SramQuantity::leakage ? 3.0 : 1.0, 1e-12);
  }
  EXPECT_NE(
      cost(power_law(), SramQuantity::read, {49152, 2050, 4, 1})->source.find("12 x 16384 B x 683 bit: "),
      std::string::npos);
}

TEST_F(Sram, of_the_committed_system_lies_within_a_quarter_of_the_compiled_memories) {
  struct Compiled {
    std::uint32_t capacity_bytes, width_bits;
    double read_pj, leakage_mw;  // CACTI 7, 45 nm lop
  };
  for (const Compiled& memory : {Compiled{8192, 64, 3.16, 0.081}, Compiled{32768, 256, 13.3, 0.30},
                                 Compiled{131072, 256, 33.7, 1.1}, Compiled{1048576, 64, 35.6, 9.7}}) {
    AcceleratorParameters machine;
    machine.clock.frequency_ghz = 1.0;
    machine.pe.buffer_a = {memory.capacity_bytes, memory.width_bits / 8, 1, 1};
    const EnergyCosts costs = read_energy_table(
        std::filesystem::path(LNSIM_SOURCE_DIR) / "configs/energy/system-45nm.yaml", machine);
    const double access = costs.pj(Event::buffer_a_read_byte) * memory.width_bits / 8;
    EXPECT_GT(access / memory.read_pj, 0.8) << memory.capacity_bytes;
    EXPECT_LT(access / memory.read_pj, 1.25) << memory.capacity_bytes;
    EXPECT_NEAR(costs.pj(Event::buffer_a_leakage_cycle) / memory.leakage_mw, 1.0, 0.1);
  }
}

}  // namespace
}  // namespace lnsim
