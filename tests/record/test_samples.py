"""Sampled recordings: parts of the whole products, reproducible, and read by the simulator as what they are."""
import math
import unittest

import numpy

from recording import Cnn, Mlp, RecordingTest, Trace, Transformer


class Samples(RecordingTest):
    def sampled(self, kind, name="s.jsonl", **options):
        """(shapes of the whole step, sample)"""
        whole = self.record(kind, name=name, sample=8, **options)
        return whole, Trace(whole.path.with_name(f"{whole.path.stem}-sample.jsonl"))

    def test_equal_seeds_give_equal_bytes_and_other_seeds_other_rows(self):
        contents = {}
        for name, seed in (("a", 3), ("b", 3), ("c", 4)):
            _, sample = self.sampled(Cnn, f"{name}.jsonl", seed=seed)
            contents[name] = (sample.path.with_suffix(".npz").read_bytes(),
                              sample.path.read_text().replace(f"{name}-sample", "").replace(f"{name}.jsonl", ""))
        self.assertEqual(contents["a"], contents["b"])
        self.assertNotEqual(contents["a"], contents["c"])

    def test_beside_a_sample_stand_the_shapes_of_the_whole_step(self):
        full = self.record(Cnn)
        whole, sample = self.sampled(Cnn)
        values = {"a", "b", "out", "w", "dw", "m", "m_new", "bias_magnitude", "rule", "lr", "step", "momentum",
                  "bias", "in", "params", "eps", "window"}

        def shapes(trace):
            return [{key: value for key, value in line.items() if key not in values} for line in trace.operations]

        self.assertEqual(shapes(full), shapes(whole))
        self.assertNotIn("tensors", whole.header)
        self.assertEqual(sample.header["sample"], {"rows": 8, "seed": 0, "of": "s.jsonl"})
        of_products = [line["gemm"] for line in full.operations if "gemm" in line]
        self.assertEqual([line["sample_of"] for line in sample.operations if "gemm" in line], of_products)

    def test_a_sample_of_a_product_is_part_of_the_whole_one(self):
        full = self.record(Mlp)
        _, sample = self.sampled(Mlp)
        x, w, y = (full.tensors[f"hidden/{key}"] for key in "xwy")
        line = sample.find("hidden", "fwd")
        a, b, out = (sample.tensors[line[key]][0] for key in ("a", "b", "out"))
        rows = [int(numpy.flatnonzero((x == row).all(1))[0]) for row in a]
        columns = [int(numpy.flatnonzero((w == row).all(1))[0]) for row in b]
        self.assertEqual((len(set(rows)), len(set(columns))), (6, 8))  # six rows in all
        numpy.testing.assert_array_equal(out, y[numpy.ix_(rows, columns)])
        update = sample.updates()["hidden.weight"]
        before, after = (sample.tensors[update[key]] for key in ("w", "out"))
        rows = [int(numpy.flatnonzero((w == row).all(1))[0]) for row in before]
        numpy.testing.assert_array_equal(after, full.tensors["hidden/w_new"][rows])

    def test_the_largest_magnitude_of_every_operand_and_result_is_in_its_sample(self):
        for kind in (Cnn, Transformer):
            full = self.record(kind, name="f.jsonl")
            _, sample = self.sampled(kind)
            operations = [[line for line in trace.operations if "a" in line or "w" in line] for trace in (full, sample)]
            for whole, part in zip(*operations):
                keys = ("w", "dw", "m") if "w" in whole else ("a", "b", "out")
                for key in keys:
                    tensor = full.tensors[whole[key]]
                    if whole[key] == "shortcut/x":
                        tensor = tensor[:, :, ::2, ::2]  # what a filter of 1 x 1 with stride 2 reads
                    self.assertEqual(abs(tensor).max(), abs(sample.tensors[part[key]]).max(),
                                     (whole["layer"], whole["pass"], key))

    def test_samples_have_the_rows_asked_for_and_the_whole_contraction(self):
        _, sample = self.sampled(Transformer)
        for line in sample.operations:
            if "gemm" in line:
                whole, part = line["sample_of"], line["gemm"]
                self.assertEqual(part, {**{key: min(8, whole[key]) for key in ("batch", "M", "N")}, "K": whole["K"]})
            else:
                self.assertEqual(line["shape"][0], min(8, line["sample_of"][0]))

    def test_the_simulator_says_that_its_figures_are_of_a_sample(self):
        whole, sample = self.sampled(Mlp)
        self.assertIn("\nA sample of the iteration in s.jsonl on fp32: ", self.run_lnsim(sample, "fp32"))
        self.assertIn("\nOne iteration on fp32: ", self.run_lnsim(whole, "fp32"))

    def test_samples_pass_the_check_and_replay(self):
        for kind in (Mlp, Cnn, Transformer):
            whole, sample = self.sampled(kind)
            self.assert_check_passes(sample)
            report = self.replay(sample, "fp32")
            self.assertEqual(report["trace"]["sample"], {"rows": 8, "seed": 0, "of": "s.jsonl"})
            self.assertEqual(report["totals"]["macs"], sum(math.prod(line["gemm"].values())
                                                           for line in sample.operations if "gemm" in line))
            for layer in report["layers"]:
                if layer["macs"]:
                    found = layer["numeric"]["sums_against_recorded"]
                    self.assertTrue(found["sqnr_db"] is None or found["sqnr_db"] > 100, layer["layer"])
            self.assertEqual(self.replay(whole, "fp32")["totals"]["macs"],
                             sum(map(whole.macs, ("fwd", "bwd_input", "bwd_weight"))))


if __name__ == "__main__":
    unittest.main()
