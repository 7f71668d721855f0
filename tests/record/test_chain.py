"""`lnsim run --chain` on recordings: the machine's values flow from the first product to the new weights."""
import json
import unittest

import numpy

from recording import Cnn, Mlp, RecordingTest, Transformer, Trace


class Chain(RecordingTest):
    def chained(self, trace, *options, machine="fp32"):
        return json.loads(self.run_lnsim(trace, machine, "--json", "--numeric", *options))

    def products(self, report):
        return {(layer["layer"], layer["pass"], i): layer for i, layer in enumerate(report["layers"]) if layer["macs"]}

    def updates(self, report):
        return [layer for layer in report["layers"] if layer["operator"] == "update"]

    def assert_chained(self, kind):
        """Float32 rounds to 2^-24 of a value; roundings of sums of at most 100 terms add up like independent errors, to
        ten of them, and those of at most 30 operators that stand behind each other add up.
        """
        bound = 30 * 10 * 2.0 ** -24
        first, second = self.record(kind, steps=(1, 2))
        report = self.chained(first, "--chain", "--next", str(second.path))
        self.assertEqual(report["chain"]["cuts"], [])
        recorded = {origin["tensor"]: origin["because"] for layer in report["layers"]
                    for origin in layer.get("operands_from", []) if origin["from"] == "recorded"}
        self.assertEqual(set(recorded.values()) - {"a parameter before its update", "no line makes it",
                                                   "no product is behind it"}, set())
        # of activations and gradients only what stands before the first product is recorded
        weights = {line["w"] for line in first.updates().values()}
        data = {key for key in recorded if key not in weights}
        self.assertLessEqual(data, {"hidden/x", "stem/x", "encoder.self_attn/x"}, recorded)
        for name, layer in self.products(report).items():
            figures = layer["numeric"]["sums_against_recorded"]
            self.assertLess(figures["relative_max_error"] or 0, bound, name)
        self.assertEqual(len(self.updates(report)), len(first.updates()))
        for layer in self.updates(report):
            for against in ("weights_against_recorded", "weights_against_next_step"):
                self.assertLess(layer["numeric"][against]["max_error"], bound, layer["layer"])

    def test_an_mlp_runs_in_a_chain(self):
        self.assert_chained(Mlp)

    def test_a_cnn_runs_in_a_chain(self):
        self.assert_chained(Cnn)

    def test_a_transformer_runs_in_a_chain(self):
        self.assert_chained(Transformer)

    def test_a_changed_tensor_changes_what_is_behind_it_in_a_chain_only(self):
        trace = self.record(Mlp)
        tensors = dict(trace.tensors)
        tensors["out/x"] = numpy.zeros_like(tensors["out/x"])  # between the layers: a chain does not read it
        tensors["hidden/x"] = 2 * tensors["hidden/x"]  # before them
        found = {}
        for changed in ("out/x", "hidden/x"):
            path = self.folder / f"{changed.replace('/', '_')}.jsonl"
            lines = trace.path.read_text().splitlines()
            header = {key: value for key, value in json.loads(lines[0]).items() if "sha256" not in key}
            path.write_text("\n".join([json.dumps({**header, "tensors": path.with_suffix(".npz").name}), *lines[1:]]) + "\n")
            numpy.savez(path.with_suffix(".npz"), **{**trace.tensors, changed: tensors[changed]})
            for options in ((), ("--chain",)):
                report = self.chained(Trace(path), *options)
                found[changed, options] = {name[:2]: layer["numeric"]["sums_against_recorded"]["relative_max_error"] or 0
                                           for name, layer in self.products(report).items()}
        exact, off = 1e-5, 0.05
        self.assertGreater(found["out/x", ()]["out", "forward"], off)
        self.assertLess(found["out/x", ("--chain",)]["out", "forward"], exact)
        self.assertLess(found["hidden/x", ()]["out", "forward"], exact)
        self.assertLess(found["hidden/x", ()]["out", "input_gradient"], exact)
        for behind in (("out", "forward"), ("out", "input_gradient"), ("hidden", "weight_gradient")):
            self.assertGreater(found["hidden/x", ("--chain",)][behind], off, behind)


if __name__ == "__main__":
    unittest.main()
