"""Recorded updates: state before and after, and that check and simulator compute the same steps."""
import unittest
import warnings

import numpy
import torch
from torch import nn

from recording import Mlp, RecordingTest, Trace, batch_for, lnsim_record, train_step

import lns_recorder
import lns_training


class Optimizers(RecordingTest):
    def assert_steps_join(self, first, second, state):
        """What one step leaves is what the next one finds, to the bit."""
        for name, line in first.updates().items():
            following = second.updates()[name]
            numpy.testing.assert_array_equal(first.tensors[line["out"]],
                                             second.tensors[following.get("w_before", following["w"])], name)
            for kind in state:
                numpy.testing.assert_array_equal(first.tensors[line[f"{kind}_new"]], second.tensors[following[kind]], name)
            self.assertEqual(following["step"], 3)

    def test_sgd_with_momentum_and_decay_is_recorded_before_and_after(self):
        first, second = self.record(Mlp, (1, 2), optimizer_of=lambda model: torch.optim.SGD(
            model.parameters(), lr=0.1, momentum=0.8, weight_decay=0.01))
        self.assert_steps_join(first, second, "m")
        line = first.updates()["out.weight"]
        self.assertEqual((line["rule"], line["lr"], line["momentum"], line["weight_decay"]), ("sgd", 0.1, 0.8, 0.01))
        self.assertEqual(line["gradient"], "out/dw")
        self.assert_check_passes(first)

    def test_the_gradient_of_ascent_is_negated(self):
        trace = self.record(Mlp, optimizer_of=lambda model: torch.optim.SGD(model.parameters(), lr=0.1, maximize=True))
        numpy.testing.assert_array_equal(trace.tensors[trace.updates()["out.weight"]["dw"]], -trace.tensors["out/dw"])
        self.assert_check_passes(trace)

    def test_adam_is_recorded_before_and_after(self):
        first, second = self.record(Mlp, (1, 2), optimizer_of=lambda model: torch.optim.Adam(
            model.parameters(), lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1))
        self.assert_steps_join(first, second, "mv")
        line = first.updates()["hidden.bias"]
        self.assertEqual((line["rule"], line["momentum"], line["beta"], line["epsilon"]), ("adam", 0.8, 0.95, 1e-6))
        self.assert_check_passes(first)

    def test_adamw_takes_weights_that_have_decayed(self):
        first, second = self.record(Mlp, (1, 2), optimizer_of=lambda model: torch.optim.AdamW(
            model.parameters(), lr=0.01, weight_decay=0.5))
        self.assert_steps_join(first, second, "mv")
        line = first.updates()["hidden.weight"]
        self.assertEqual(line["w_before"], "hidden/w")
        numpy.testing.assert_allclose(first.tensors[line["w"]], first.tensors["hidden/w"] * (1 - 0.01 * 0.5), rtol=2 ** -22)
        self.assert_check_passes(first)

    def test_the_simulator_repeats_steps_of_sgd_with_the_recorded_decays(self):
        trace = self.record(Mlp, optimizer_of=lambda model: torch.optim.SGD(
            model.parameters(), lr=0.1, momentum=0.5, weight_decay=0.01))
        for layer in self.replay(trace, "fp32")["layers"]:
            if layer["operator"] == "update":
                self.assertLess(layer["numeric"]["weights_against_recorded"]["relative_max_error"], 2 ** -23)

    def test_madam_on_lns_weights_is_repeated_to_the_bit(self):
        class LnsMlp(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden, self.relu, self.out = lns_training.Linear(20, 24), nn.ReLU(), lns_training.Linear(24, 10)

            def forward(self, x):
                return self.out(self.relu(self.hidden(x)))

        torch.manual_seed(0)
        model = LnsMlp()
        optimizer = lns_training.LnsMadam(model.parameters())
        with lns_recorder.LnsRecorder(model, optimizer, self.folder / "t.jsonl", [1, 2]):
            for _ in range(3):
                train_step(model, optimizer, *batch_for(model))
        first, second = (Trace(self.folder / f"t-step{step}.jsonl") for step in (1, 2))
        for name in ("hidden", "out"):
            for kind, after in (("w", "w_new"), ("v", "v_new")):
                numpy.testing.assert_array_equal(first.tensors[f"{name}/{after}"], second.tensors[f"{name}/{kind}"])
        self.assert_check_passes(first)
        updates = [layer["numeric"] for layer in self.replay(first, "lns-madam")["layers"] if layer["operator"] == "update"
                   and "numeric" in layer]
        self.assertEqual([update["differing_codes"] for update in updates], [0, 0])

    def test_an_optimizer_that_the_simulator_lacks_is_named_and_leaves_shapes(self):
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            trace = self.record(Mlp, optimizer_of=lambda model: torch.optim.RMSprop(model.parameters()))
        self.assertEqual(trace.header["left_out"], {"values of RMSprop's updates": ["update"]})
        self.assertEqual(trace.updates()["out.weight"]["shape"], [10, 24])
        self.assertNotIn("w", trace.updates()["out.weight"])
        self.assert_check_passes(trace)


if __name__ == "__main__":
    unittest.main()
