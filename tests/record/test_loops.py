"""The recorder around a loop: it changes nothing, keeps what it wrote, and says what it cannot record."""
import contextlib
import unittest
import warnings

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from recording import Cnn, Mlp, RecordingTest, batch_for, lnsim_record, sgd, train_step, trained


class Loops(RecordingTest):
    def recorder(self, model, optimizer, steps=(1,), **options):
        return lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps, **options)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_recorded_loop_trains_the_same_weights(self):
        for kind in (Mlp, Cnn):
            plain = trained(kind, 3, lambda *_: contextlib.nullcontext())
            for sample in (None, 8):
                recorded = trained(kind, 3, lambda *loop: self.recorder(*loop, steps=(0, 1), sample=sample))
                for expected, found in zip(plain.state_dict().values(), recorded.state_dict().values()):
                    self.assertTrue(torch.equal(expected, found))

    def test_the_optimizer_has_its_own_step_again(self):
        model = Mlp()
        optimizer = sgd(model)
        with self.recorder(model, optimizer, steps=(0,)):
            train_step(model, optimizer, *batch_for(model))
        self.assertNotIn("step", vars(optimizer))

    def test_a_scheduler_made_before_or_within_counts_the_steps(self):
        for within in (False, True):
            model = Mlp()
            optimizer = sgd(model)
            scheduler = None if within else torch.optim.lr_scheduler.StepLR(optimizer, 1)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with self.recorder(model, optimizer):
                    scheduler = scheduler or torch.optim.lr_scheduler.StepLR(optimizer, 1)
                    for _ in range(2):
                        train_step(model, optimizer, *batch_for(model))
                        scheduler.step()
                train_step(model, optimizer, *batch_for(model))
                scheduler.step()
            self.assertAlmostEqual(optimizer.param_groups[0]["lr"], 0.1 * 0.1 ** 3)

    def test_several_steps_give_a_trace_each(self):
        trained(Mlp, 4, lambda *loop: self.recorder(*loop, steps=[0, 3]))
        self.assertEqual(self.files(), ["t-step0.jsonl", "t-step0.npz", "t-step3.jsonl", "t-step3.npz"])

    def test_an_interrupted_loop_keeps_the_steps_before_and_nothing_half_done(self):
        torch.manual_seed(0)
        model = Mlp()
        optimizer = sgd(model)
        with self.assertRaises(KeyboardInterrupt):
            with self.recorder(model, optimizer, steps=[0, 1]):
                train_step(model, optimizer, *batch_for(model))
                model(batch_for(model)[0])
                self.assertIn("t-step1.npz.part", self.files())
                raise KeyboardInterrupt
        self.assertEqual(self.files(), ["t-step0.jsonl", "t-step0.npz"])
        self.assertEqual(lnsim_record.Check(self.folder / "t-step0.jsonl").run(), [])

    def test_a_loop_that_ends_too_early_says_so(self):
        with self.assertRaisesRegex(lnsim_record.RecordingError,
                                    r"^got 2 steps, expected steps \[5\] to be among them$"):
            trained(Mlp, 2, lambda *loop: self.recorder(*loop, steps=[1, 5]))
        self.assertEqual(self.files(), ["t-step1.jsonl", "t-step1.npz"])

    def test_validation_without_gradients_is_no_part_of_a_step(self):
        lines = []
        for validates in (False, True):
            torch.manual_seed(0)
            model = Mlp()
            optimizer, batch = sgd(model), batch_for(model)
            with self.recorder(model, optimizer, steps=[0]):
                if validates:
                    with torch.no_grad():
                        model(batch[0])
                train_step(model, optimizer, *batch)
            lines.append((self.folder / "t.jsonl").read_bytes())
        self.assertEqual(*lines)

    def test_batches_whose_gradients_accumulate_are_all_in_the_step(self):
        torch.manual_seed(0)
        model = Mlp()
        optimizer = sgd(model)
        with self.recorder(model, optimizer, steps=[0]):
            for _ in range(2):
                inputs, labels = batch_for(model)
                nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
        check = lnsim_record.Check(self.folder / "t.jsonl")
        self.assertEqual(check.run(), [])
        self.assertEqual(check.products, 2 * 5)
        summed = check.tensors["out/dw"] + check.tensors["out#2/dw"]
        self.assertTrue((check.tensors["out/dwq"] == summed).all())

    def test_checkpointed_layers_are_recorded_where_they_run_with_gradients(self):
        class Checkpointed(Mlp):
            def forward(self, x):
                return self.out(checkpoint(lambda y: self.relu(self.hidden(y)), x, use_reentrant=reentrant))

        for reentrant in (False, True):
            torch.manual_seed(0)
            model = Checkpointed()
            optimizer = sgd(model)
            inputs, labels = batch_for(model)
            with self.recorder(model, optimizer, steps=[0]):
                train_step(model, optimizer, inputs.requires_grad_(), labels)
            check = lnsim_record.Check(self.folder / "t.jsonl")
            self.assertEqual(check.run(), [])
            # reentrant ones run the first of their two forward passes without gradients
            self.assertEqual(check.products, 6 if reentrant else 7)

    def assert_refused(self, message, model, act=None):
        torch.manual_seed(0)
        optimizer = sgd(model)
        with self.assertRaises(lnsim_record.RecordingError) as caught:
            with self.recorder(model, optimizer, steps=[0]):
                inputs = torch.randn(6, 20)
                (act or (lambda: model(inputs).sum().backward()))()
                optimizer.step()
        self.assertEqual(str(caught.exception), message)
        self.assertEqual(self.files(), [])

    def test_what_cannot_be_recorded_names_layer_and_operator(self):
        class Volume(nn.Module):
            def __init__(self):
                super().__init__()
                self.deep = nn.Conv3d(1, 2, 1)

            def forward(self, x):
                return self.deep(x.reshape(1, 1, 2, 3, 20))

        self.assert_refused("deep: conv3d: is a product that is not recorded; write it with matmul, linear or conv2d",
                            Volume())

        class Contraction(Mlp):
            def forward(self, x):
                return torch.einsum("ab,cb,db->acd", super().forward(x), x[:, :10], x[:, :10])

        self.assert_refused("outside the layers: einsum: got 'ab,cb,db->acd', expected two operands, each label once in "
                            "each, and an output", Contraction())

        class Infinite(Mlp):
            def forward(self, x):
                return self.out(self.relu(self.hidden(x)) / 0)

        self.assert_refused("out: linear fwd: out/x: got infinity or NaN, expected finite values", Infinite())

    def test_parameters_that_no_operator_is_seen_to_read_are_named(self):
        class Hidden(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, w):
                ctx.save_for_backward(x, w)
                return x @ w

            @staticmethod
            def backward(ctx, dy):
                x, w = ctx.saved_tensors
                return dy @ w.t(), x.t() @ dy

        class Custom(Mlp):
            def __init__(self):
                super().__init__()
                self.secret = nn.Parameter(torch.randn(10, 3))

            def forward(self, x):
                return Hidden.apply(super().forward(x), self.secret)

        self.assert_refused("secret: got a gradient, expected a recorded operator that reads it; what an "
                            "autograd.Function or a compiled model does is not seen", Custom())

    def test_a_step_that_evaluates_the_loss_itself_is_refused(self):
        torch.manual_seed(0)
        model = Mlp()
        optimizer = sgd(model)
        with self.assertRaisesRegex(lnsim_record.RecordingError,
                                    "^SGD.step: got a closure, expected none in a recorded step$"):
            with self.recorder(model, optimizer, steps=[0]):
                optimizer.step(lambda: model(torch.randn(6, 20)).sum())

    def test_a_second_backward_pass_names_its_layer(self):
        model = Mlp()
        inputs = torch.randn(6, 20)

        def twice():
            loss = model(inputs).sum()
            loss.backward(retain_graph=True)
            loss.backward()

        self.assert_refused("out: linear bwd_input: a second backward pass in one step", model, twice)

    def test_steps_and_samples_that_make_no_sense_are_refused(self):
        model = Mlp()
        for options, message in (({"steps": []}, "steps: got [], expected a list of step numbers from 0"),
                                 ({"steps": 3}, "steps: got 3, expected a list of step numbers from 0"),
                                 ({"steps": [-1]}, "steps: got [-1], expected a list of step numbers from 0"),
                                 ({"steps": [0], "sample": 2}, "sample: got 2, expected at least 8 rows"),
                                 ({"steps": [0], "seed": -1}, "seed: got -1, expected an integer from 0")):
            with self.assertRaises(ValueError) as caught:
                self.recorder(model, sgd(model), **options)
            self.assertEqual(str(caught.exception), message)
        with self.assertRaisesRegex(ValueError, "^path: got '/nowhere/t.jsonl', expected a file in a folder that exists$"):
            lnsim_record.Recorder(model, sgd(model), "/nowhere/t.jsonl", steps=[0])


if __name__ == "__main__":
    unittest.main()
