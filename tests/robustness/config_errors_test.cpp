// Every file of tests/data/bad_configs and tests/data/bad_energy gives exactly its messages. `line:column:
// path: ...` follows the file's name.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/errors.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {
namespace {

struct BadFile {
  std::string_view name;      // without .yaml
  std::string_view messages;  // one per line, without the file's name in front
};

constexpr BadFile kBadConfigs[] = {
    {"alias_bomb",
     ":2:1: anchors: got an unknown key, expected one of name, clock, dram, dma, global_buffer, bus, pe, "
     "weight_update, control, datapath, formats, optimizer, mapping, energy_table\n"
     ":11:6: mapping.tiles[0]: got a list, expected a map of keys"},
    {"alias_inside_itself", ":3:11: got an alias inside the value it names, expected a finished value"},
    {"alignment_of_exact_sums",
     ":5:3: datapath.alignment_bits: got a key that does not apply here, expected it only with "
     "float_accumulation: aligned"},
    {"alignment_too_wide", ":5:19: datapath.alignment_bits: got 49, expected an integer from 8 to 48 (bit)"},
    {"binary_garbage", ":1:1: got the byte 0x0b, expected UTF-8 text"},
    {"boolean_in_other_words", ":3:14: bus.multicast: got yes, expected true or false"},
    {"buffer_smaller_than_two_vectors",
     ":4:14: pe.buffer_b.capacity_bytes: got 1000, expected at least 1024 (B): two vectors of 512 weight "
     "elements"},
    {"choice_misspelt",
     ":3:9: datapath.kind: got lsn, expected one of lns, fp32, fp16, bf16, fp8_e4m3, fp8_e5m2, int8: did you "
     "mean lns?"},
    {"choice_unknown", ":3:14: mapping.objective: got area, expected one of cycles, energy, energy_delay"},
    {"comments_only", ": got a file without content, expected keys and values"},
    {"empty", ": got an empty file, expected keys and values"},
    {"energy_table_missing",
     ":2:1: energy_table: got nowhere.yaml, expected the path of a file, relative to this file"},
    {"energy_table_not_given",
     ":1:1: energy_table: got nothing, expected the path of an energy table, relative to this file"},
    {"exponent_for_integer", ":3:10: pe.lanes: got 1e3, expected an integer from 1 to 1024 (lanes)"},
    {"formats_of_another_datapath",
     ":3:1: formats.error.kind: got lns, expected fp8_e4m3, which is what the fp8_e4m3 datapath multiplies\n"
     ":5:16: formats.activation.kind: got fp8_e5m2, expected fp8_e4m3, which is what the fp8_e4m3 datapath "
     "multiplies"},
    {"fraction_for_integer", ":3:10: pe.lanes: got 4.5, expected an integer from 1 to 1024 (lanes)"},
    {"infinity", ":3:18: optimizer.learning_rate: got .inf, expected a number from 1e-12 to 100"},
    {"int8_with_wide_operands",
     ":4:23: formats.weight.bits: got 16, expected 8, which is what the int8 datapath multiplies"},
    {"integer_beyond_64_bits",
     ":3:10: pe.lanes: got 99999999999999999999, expected an integer from 1 to 1024 (lanes)"},
    {"integer_too_large", ":3:10: pe.lanes: got 0x401, expected an integer from 1 to 1024 (lanes)"},
    {"integer_too_small", ":3:10: pe.lanes: got 0, expected an integer from 1 to 1024 (lanes)"},
    {"key_given_twice", ":5:3: pe.lanes: got this key a second time, expected it once (first in line 3)"},
    {"key_of_another_kind",
     ":3:24: formats.moment.gamma: got a key that does not apply here, expected it only with kind: lns\n"
     ":3:34: formats.moment.bits: got a key that does not apply here, expected it only with kind: lns or "
     "kind: int\n"
     ":6:3: optimizer.epsilon: got a key that does not apply here, expected it only with kind: adam"},
    {"leading_zero", ":3:10: pe.lanes: got 010, expected an integer from 1 to 1024 (lanes)"},
    {"list_as_a_key", ":2:3: got a list as a key, expected a name"},
    {"list_for_a_section", ":2:5: pe: got a list, expected a map of keys"},
    {"list_for_text", ":2:7: name: got a list, expected text"},
    {"list_of_numbers_for_maps",
     ":4:7: mapping.tiles[0]: got 3, expected a map of keys\n"
     ":5:8: mapping.tiles[1].row: got an unknown key, expected a known one: did you mean rows?"},
    {"madam_without_lns_weights",
     ":4:12: formats.update.kind: got fp16, expected lns, because optimizer.kind is madam: it moves the "
     "exponents of stored weights"},
    {"many_mistakes",
     ":2:10: pe.lanes: got 0, expected an integer from 1 to 1024 (lanes)\n"
     ":3:3: pe.lane: got an unknown key, expected a known one: did you mean lanes?\n"
     ":4:30: pe.buffer_a.capacity_bytes: got 1e5, expected an integer from 64 to 268435456 (B)\n"
     ":5:24: clock.frequency_ghz: got -1, expected a number from 0.001 to 10 (GHz)\n"
     ":8:12: formats.update.kind: got fp16, expected lns, because optimizer.kind is madam: it moves the "
     "exponents of stored weights\n"
     ":9:1: energy_table: got nowhere.yaml, expected the path of a file, relative to this file"},
    {"map_for_a_list", ":3:10: mapping.tiles: got a map, expected a list of maps"},
    {"map_for_a_number", ":3:10: pe.lanes: got a map, expected an integer from 1 to 1024 (lanes)"},
    {"misplaced_key",
     ":3:3: formats.weights: got an unknown key, expected a known one: did you mean weight?\n"
     ":5:5: formats.weight.gama: got an unknown key, expected a known one: did you mean gamma?"},
    {"negative_integer", ":3:10: pe.lanes: got -32, expected an integer from 1 to 1024 (lanes)"},
    {"nested_too_deeply", ":2:70: got values nested more deeply, expected at most 64 levels"},
    {"not_a_number", ":3:18: clock.frequency_ghz: got .nan, expected a number from 0.001 to 10 (GHz)"},
    {"not_a_power_of_two", ":3:16: dram.burst_bytes: got 48, expected a power of two from 8 to 4096 (B)"},
    {"nothing_for_a_number", ":3:3: pe.lanes: got nothing, expected an integer from 1 to 1024 (lanes)"},
    {"number_for_a_section", ":2:5: pe: got 16, expected a map of keys"},
    {"quoted_integer", ":3:10: pe.lanes: got \"32\", expected an integer from 1 to 1024 (lanes)"},
    {"real_out_of_range", ":3:18: clock.frequency_ghz: got 0, expected a number from 0.001 to 10 (GHz)"},
    {"second_document", ":2:1: got a second document, expected one document per file"},
    {"section_given_twice", ":4:1: pe: got this key a second time, expected it once (first in line 2)"},
    {"section_without_content", ":2:1: dram: got nothing, expected a map of keys"},
    {"syntax_error", ":4:2: got a YAML syntax error (end of map not found), expected valid YAML"},
    {"tab_in_indentation", ":3:1: got a tab in the indentation, expected spaces"},
    {"table_larger_than_the_base",
     ":3:3: datapath.table_entries: got 16, expected at most 8, the base factor of activation x error"},
    {"tagged_value",
     ":2:7: got the tag tag:yaml.org,2002:python/object:os.system, expected a value without a tag"},
    {"text_for_integer", ":3:10: pe.lanes: got many, expected an integer from 1 to 1024 (lanes)"},
    {"text_for_real", ":3:18: clock.frequency_ghz: got fast, expected a number from 0.001 to 10 (GHz)"},
    {"text_not_utf8", ":2:10: got the byte 0xe9, expected UTF-8 text"},
    {"tiling_that_does_not_fit",
     ":5:7: mapping.tiles[0].pass: got backward, expected one of forward, input_gradient, weight_gradient, "
     "*\n"
     ":5:7: mapping.tiles[0]: got a grid of 8 PEs, expected grid_groups x grid_rows x grid_columns of at "
     "most 4, the machine's PEs\n"
     ":6:7: mapping.tiles[0].columns: got 16, expected at most 8, the collector's entries"},
    {"top_level_list", ":1:1: got a list, expected a map of keys"},
    {"top_level_text", ":1:1: got lanes, expected a map of keys"},
    {"undefined_alias",
     ":3:11: got a YAML syntax error (the referenced anchor is not defined), expected valid YAML"},
    {"unfinished_list",
     ":3:3: got a YAML syntax error (end of sequence flow not found), expected valid YAML"},
    {"unfinished_map", ":3:1: got a YAML syntax error (end of map flow not found), expected valid YAML"},
    {"unfinished_quote", ":4:11: got a YAML syntax error (illegal EOF in scalar), expected valid YAML"},
    {"unknown_key", ":3:3: pe.lane: got an unknown key, expected a known one: did you mean lanes?"},
    {"unknown_key_far_from_all",
     ":3:3: dma.prefetch: got an unknown key, expected one of outstanding_bursts"},
    {"unknown_section",
     ":2:1: memory: got an unknown key, expected one of name, clock, dram, dma, global_buffer, bus, pe, "
     "weight_update, control, datapath, formats, optimizer, mapping, energy_table"},
    {"value_with_a_unit_it_has_not",
     ":3:9: optimizer.beta: got 99.9 %, expected a number from 0 to 0.9999999, a bare number"},
    {"value_with_its_unit",
     ":3:17: global_buffer.capacity_kib: got 2048 KiB, expected an integer from 8 to 1048576 (KiB), written "
     "without the unit\n"
     ":5:18: clock.frequency_ghz: got 1.05GHz, expected a number from 0.001 to 10 (GHz), written without the "
     "unit"},
};

constexpr BadFile kBadEnergyTables[] = {
    {"basis_missing",
     ":16:17: events.datapath.mac.basis: got nothing, expected one of measured, "
     "characterised, published, derived, our_choice"},
    {"basis_unknown",
     ":16:45: events.datapath.mac.basis: got guessed, expected one of measured, "
     "characterised, published, derived, our_choice"},
    {"capacity_out_of_reach",
     ":7:29: events.global_buffer.read_byte.by_capacity_bytes: got a machine with 2097152 B, expected 2048 "
     "to 65536: the points and a factor of 4 around them"},
    {"conditions_as_text", ":2:13: conditions: got 45 nm, expected a map of keys"},
    {"conditions_incomplete",
     ":2:1: conditions.voltage: got nothing, expected text\n"
     ":2:1: conditions.temperature: got nothing, expected text\n"
     ":2:1: conditions.includes: got nothing, expected text\n"
     ":2:27: conditions.volts: got an unknown key, expected one of node, voltage, temperature, includes, "
     "scale_from"},
    {"datapath_not_covered",
     ":16:18: events.datapath.mac.by_datapath: got no entry for lns, expected one, because the machine's "
     "datapath is lns"},
    {"datapath_unknown",
     ":16:44: events.datapath.mac.by_datapath.fp8: got an unknown key, expected one of lns, fp32, fp16, "
     "bf16, fp8_e4m3, fp8_e5m2, int8"},
    {"energy_infinite",
     ":16:22: events.datapath.mac.pj: got inf, expected a number from 0 to 1000000000 (pJ)"},
    {"energy_negative",
     ":16:22: events.datapath.mac.pj: got -0.5, expected a number from 0 to 1000000000 (pJ)"},
    {"energy_not_a_number",
     ":16:22: events.datapath.mac.pj: got .nan, expected a number from 0 to 1000000000 (pJ)"},
    {"energy_not_given",
     ":16:17: events.datapath.mac.pj: got nothing, expected the energy of one count, in pJ; zero must be "
     "written"},
    {"energy_with_its_unit",
     ":16:22: events.datapath.mac.pj: got 0.5 pJ, expected a number from 0 to 1000000000 (pJ), written "
     "without the unit"},
    {"event_given_twice",
     ":33:3: events.ppu.value: got this key a second time, expected it once (first in line 20)"},
    {"event_missing",
     ":3:1: events.pe.clock_cycle: got nothing, expected a cost per cycle of one PE, working or not; zero "
     "must be written"},
    {"event_unknown",
     ":3:1: events.dram.read_byte: got nothing, expected a cost per byte read from DRAM; zero must be "
     "written\n"
     ":32:3: events.dram.read_bytes: got an unknown key, expected a known one: did you mean dram.read_byte?"},
    {"events_as_a_list", ":3:9: events: got a list, expected a map of keys"},
    {"head_only",
     ":1:1: name: got nothing, expected text\n"
     ":1:1: conditions: got nothing, expected a map of keys\n"
     ":1:1: events: got nothing, expected a map of keys\n"
     ":1:1: title: got an unknown key, expected one of name, conditions, extends, sram, "
     "switching, events, datapaths, characterisation"},
    {"key_unknown",
     ":16:27: events.datapath.mac.unit: got an unknown key, expected one of by_datapath, by_optimizer, "
     "by_dram, by_float_accumulation, by_capacity_bytes, by_bits, by_table_entries, by_product_octaves, "
     "by_vector_size, "
     "by_collector_entries, sum, sram, times, pj, source, basis, uncertainty"},
    {"not_yaml", ":2:11: got a YAML syntax error (illegal EOF in scalar), expected valid YAML"},
    {"number_for_an_entry", ":16:17: events.datapath.mac: got 0.5, expected a map of keys"},
    {"one_point",
     ":16:27: events.datapath.mac.by_bits: got 1 points, expected a list of two or more points with at, pj, "
     "source and basis"},
    {"optimizer_not_covered",
     ":22:29: events.weight_update.parameter.by_optimizer: got no entry for madam, expected one, because the "
     "machine's optimizer is madam"},
    {"point_without_its_size",
     ":16:28: events.datapath.mac.by_bits[0].at: got nothing, expected the size that the figure belongs to\n"
     ":16:66: events.datapath.mac.by_bits[1]: got 3, expected a map of keys"},
    {"points_as_a_map",
     ":16:27: events.datapath.mac.by_bits: got a map, expected a list of two or more points with at, pj, "
     "source and basis"},
    {"points_not_ascending",
     ":16:73: events.datapath.mac.by_bits[1]: got 8, expected more than 8, the point before"},
    {"points_zero_and_not",
     ":16:73: events.datapath.mac.by_bits[1]: got 2 pJ beside 0 pJ, expected all points zero or none: a "
     "straight line between logarithms joins them"},
    {"selector_beside_a_figure",
     ":16:45: events.datapath.mac.pj: got an unknown key, expected one of by_datapath, by_optimizer, "
     "by_dram, by_float_accumulation, by_capacity_bytes, by_bits, by_table_entries, by_product_octaves, "
     "by_vector_size, "
     "by_collector_entries, sum, sram, times"},
    {"size_that_the_event_has_not",
     ":4:20: events.dram.read_byte.by_capacity_bytes: got by_capacity_bytes, expected a form that this event "
     "and machine have a size for"},
    {"source_blank", ":16:35: events.datapath.mac.source: got no text, expected where the number is from"},
    {"source_missing", ":16:17: events.datapath.mac.source: got nothing, expected where the number is from"},
    {"uncertainty_not_around_the_figure",
     ":16:72: events.datapath.mac.uncertainty[0]: got 1.5, expected a number from 0.001 to 1 (times the "
     "figure)"},
    {"uncertainty_as_a_number",
     ":16:71: events.datapath.mac.uncertainty: got 0.1, expected [low, high]: the true figure lies between "
     "low and high times the one given"},
    {"basis_that_only_a_run_gives",
     ":16:43: events.datapath.mac.basis: got scaled, expected one of measured, characterised, published, "
     "derived, our_choice"},
    {"dram_not_covered",
     ":4:20: events.dram.read_byte.by_dram: got no entry for hbm2, expected one, because the machine's DRAM "
     "is hbm2"},
    {"factor_unknown",
     ":9:66: events.operand_bus.byte.times[0]: got length, expected one of capacity_bytes, bits, "
     "table_entries, product_octaves, vector_size, collector_entries, register_bits, vector_operations, "
     "update_lanes, mm, ns"},
    {"factor_that_the_event_has_not",
     ":20:14: events.ppu.value: got times mm, expected a size that this event and machine have"},
    {"factors_as_text",
     ":9:65: events.operand_bus.byte.times: got mm, expected a list of capacity_bytes, bits, table_entries, "
     "product_octaves, vector_size, collector_entries, register_bits, vector_operations, update_lanes, mm, "
     "ns"},
    {"sum_as_a_map", ":16:23: events.datapath.mac.sum: got a map, expected a list of entries"},
    {"sum_with_a_bad_part",
     ":16:62: events.datapath.mac.sum[1].source: got nothing, expected where the number is from"},
    {"sram_missing",
     ":13:24: events.buffer_a.read_byte.sram: got no section sram, expected one with points, in this table "
     "or one it extends"},
    {"sram_of_no_memory",
     ":28:15: events.ppu.value.sram: got sram, expected another form, because this event is not of a memory"},
    {"sram_of_another_quantity",
     ":21:24: events.buffer_a.read_byte.sram: got write, expected read, which is what this event counts"},
    {"sram_without_the_quantity",
     ":20:25: events.buffer_a.write_byte.sram: got sram points that do not determine write_pj, expected "
     "three or more with it, of different capacities and widths"},
    {"sram_out_of_reach",
     ":21:24: events.buffer_a.read_byte.sram: got a bank of 65536 B with 512 bit, expected 256 to 32768 B "
     "and 16 to 1024 bit: the sram points and a factor of 4 around them"},
    {"sram_key_unknown",
     ":10:58: sram.points[2].area: got an unknown key, expected one of capacity_bytes, width_bits, read_pj, "
     "write_pj, leakage_mw"},
    {"sram_figure_zero",
     ":10:68: sram.points[2].write_pj: got 0, expected a number from 1e-09 to 1000000000 (pJ)"},
    {"sram_incomplete",
     ":3:7: sram.source: got nothing, expected where the number is from\n"
     ":3:7: sram.basis: got nothing, expected one of measured, characterised, published, derived, "
     "our_choice\n"
     ":3:7: sram.ports: got nothing, expected a map with energy, leakage and source"},
    {"extends_nothing",
     ":3:10: extends: got nowhere.yaml, expected the path of a table, relative to this one"},
    {"extends_itself",
     ":3:10: extends: got extends_itself.yaml, expected a table that does not itself extend this one"},
    {"scale_from_unknown_node",
     ":2:100: conditions.scale_from.node: got \"5\", expected one of 130, 90, 65, 45, lp45, 32, 20, 16, 14, "
     "10, "
     "7, lp7"},
    {"scale_from_without_voltage",
     ":2:81: conditions.scale_from.voltage_v: got nothing, expected a number, in V"},
    {"switching_as_a_list", ":3:12: switching: got a list, expected a map of keys"},
    {"switching_of_an_unknown_datapath",
     ":4:3: switching.int4: got an unknown key, expected a known one: did you mean int8?"},
    {"switching_model_without_a_list", ":4:9: switching.int8: got a map, expected a list of models"},
    {"switching_model_incomplete",
     ":5:7: switching.lns[0].table_entries: got nothing, expected a power of two from 1 to 2048\n"
     ":5:7: switching.lns[0].lane: got nothing, expected a map from counts to fJ\n"
     ":5:7: switching.lns[0].collector: got nothing, expected a map from counts to fJ\n"
     ":5:7: switching.lns[0].held_out_error: got nothing, expected a map of mean, worst and streams\n"
     ":5:7: switching.lns[0].basis: got nothing, expected one of measured, characterised, published, "
     "derived, our_choice\n"
     ":5:7: switching.lns[0].source: got nothing, expected where the number is from\n"
     ":5:23: switching.lns[0].operand_class: got no text, expected text"},
    {"switching_count_unknown",
     ":5:14: switching.int8[0].lane.product_bit: got an unknown key, expected a known one: did you mean "
     "product_bits?\n"
     ":6:18: switching.int8[0].collector: got 3, expected a map of keys"},
    {"switching_coefficients_out_of_range",
     ":5:21: switching.int8[0].lane.slots: got -1, expected a number from 0 to 1000000000 (fJ)\n"
     ":5:39: switching.int8[0].lane.product_bits: got .inf, expected a number from 0 to 1000000000 (fJ)\n"
     ":6:26: switching.int8[0].collector.slots: got much, expected a number from 0 to 1000000000 (fJ)"},
    {"switching_table_of_another_datapath",
     ":5:7: switching.int8[0].table_entries: got a key that does not apply here, expected it only with lns"},
    {"switching_octaves_of_no_product",
     ":6:24: switching.lns[0].product_octaves: got 0, expected a number from 1 to 100000 (octaves)\n"
     ":14:7: switching.int8[0].product_octaves: got a key that does not apply here, expected it only with "
     "lns"},
    {"switching_table_entries_no_power_of_two",
     ":5:22: switching.lns[0].table_entries: got 6, expected a power of two from 1 to 2048"},
    {"switching_two_models_of_a_table",
     ":5:7: switching.lns[1]: got a second model, expected one for 8 table entries"},
    {"switching_two_models_of_a_datapath",
     ":5:7: switching.int8[1]: got a second model, expected one for this datapath"},
    {"switching_error_worse_than_the_worst",
     ":7:7: switching.int8[0].held_out_error.mean: got 0.2, expected at most 0.06, the worst"},
    {"switching_error_without_streams",
     ":7:43: switching.int8[0].held_out_error.worst: got 6 %, expected a number from 0 to 0.99, a bare "
     "number\n"
     ":7:57: switching.int8[0].held_out_error.streams: got 0, expected an integer from 1 to 1000000"},
    {"two_selectors",
     ":16:45: events.datapath.mac.by_optimizer: got by_optimizer beside by_datapath, expected one of them"},
};

const std::filesystem::path kData = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/data";

// What a reader says about a file, the file's own name taken away.
template <class Read>
std::string messages_of(const std::filesystem::path& path, const Read& read) {
  try {
    read(path);
  } catch (const UserError& error) {
    std::string text;
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      EXPECT_EQ(diagnostic.position.file, path.generic_string());
      if (!text.empty()) text += '\n';
      text += diagnostic.message().substr(path.generic_string().size());
    }
    return text;
  }
  return "read without a complaint";
}

template <class Read>
void expect_messages(const std::string& folder, std::span<const BadFile> files, const Read& read) {
  std::set<std::string> named;
  for (const BadFile& file : files) {
    const std::string name = fmt::format("{}.yaml", file.name);
    EXPECT_TRUE(named.insert(name).second) << name << " is listed twice";
    EXPECT_EQ(messages_of(kData / folder / name, read), file.messages) << name;
  }
  for (const auto& entry : std::filesystem::directory_iterator(kData / folder)) {
    EXPECT_TRUE(named.contains(entry.path().filename().string()))
        << entry.path() << " has no expected message";
  }
}

TEST(BadConfigs, each_file_gives_exactly_its_messages) {
  expect_messages("bad_configs", kBadConfigs,
                  [](const std::filesystem::path& path) { read_run_config(path); });
}

TEST(BadEnergyTables, each_file_gives_exactly_its_messages_on_the_default_machine) {
  expect_messages("bad_energy", kBadEnergyTables, [](const std::filesystem::path& path) {
    read_energy_table(path, AcceleratorParameters{});
  });
}

TEST(BadConfigs, a_folder_is_refused) {
  EXPECT_EQ(messages_of(kData, [](const std::filesystem::path& path) { read_run_config(path); }),
            ": got a folder, expected a file");
}

TEST(BadConfigs, a_missing_file_is_refused) {
  EXPECT_EQ(
      messages_of(kData / "nowhere.yaml", [](const std::filesystem::path& path) { read_run_config(path); }),
      ": got no such file, expected a readable file");
}

TEST(BadConfigs, a_device_is_refused_without_being_read) {
  EXPECT_EQ(messages_of("/dev/zero", [](const std::filesystem::path& path) { read_run_config(path); }),
            ": got a device, pipe or socket, expected a file");
}

}  // namespace
}  // namespace lnsim
