"""The check finds every change of a recorded trace."""
import contextlib
import io
import json
import unittest
from unittest import mock

import numpy

from recording import Cnn, Mlp, RecordingTest, SOURCE, lnsim_record


class Check(RecordingTest):
    def check(self, path):
        """(exit code, standard output, standard error) of the command."""
        out, error = io.StringIO(), io.StringIO()
        with mock.patch("sys.argv", ["lnsim_record.py", "--check", str(path)]), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = lnsim_record.main()
        return code, out.getvalue(), error.getvalue().replace(f"{self.folder}/", "")

    def change(self, trace, lines=None, tensors=None):
        """Rewrites a trace with other fields of the lines (by index, the header is 0) or tensors, and without digests."""
        text = [json.loads(line) for line in trace.path.read_text().splitlines()]
        for index, fields in (lines or {}).items():
            text[index].update(fields)
        for digest in ("npz_sha256", "lines_sha256"):
            text[0].pop(digest, None)
        trace.path.write_text("".join(json.dumps(line) + "\n" for line in text))
        numpy.savez(trace.path.with_suffix(".npz"), **{**trace.tensors, **(tensors or {})})

    def test_a_trace_as_recorded_passes(self):
        code, out, error = self.check(self.record(Cnn).path)
        self.assertEqual((code, error), (0, ""))
        self.assertRegex(out, r"^14 products and 10 updates are as recorded, the worst at 0\.\d+ of the rounding error")

    def test_the_shipped_trace_passes(self):
        self.assertEqual(self.check(SOURCE / "traces/digits-cnn.jsonl")[0], 0)

    def test_a_changed_value_of_any_operand_or_result_is_found_without_its_digest(self):
        trace = self.record(Cnn)
        # The check recomputes products and updates; those between them are what `lnsim run --chain` computes.
        for key in {line[role] for line in trace.operations for role in ("a", "b", "out", "w", "dw", "m", "m_new")
                    if isinstance(line.get(role), str)}:
            array = trace.tensors[key].copy()
            read = array[..., ::2, ::2] if array.ndim == 4 else array  # a filter of 1 x 1 with stride 2 reads no more
            largest = numpy.unravel_index(abs(read).argmax(), read.shape)
            read[largest] *= 1 + 1 / 64
            self.change(trace, tensors={key: array})
            code, _, error = self.check(trace.path)
            self.assertEqual(code, 1, key)
            self.assertIn("values are off, the worst by", error)

    def test_the_layer_and_pass_of_a_changed_result_are_named(self):
        trace = self.record(Mlp)
        array = trace.tensors["out/dx"].copy()
        array[2, 3] += abs(array).max()
        self.change(trace, tensors={"out/dx": array})
        self.assertRegex(self.check(trace.path)[2],
                         r"^t.jsonl: out: linear bwd_input: 1 of 144 values are off, the worst by \S+ times the rounding "
                         r"error it may have\n$")

    def test_a_changed_byte_of_the_tensors_is_found(self):
        trace = self.record(Mlp)
        packed = trace.path.with_suffix(".npz")
        content = bytearray(packed.read_bytes())
        for place in range(0, len(content), len(content) // 40):
            changed = bytearray(content)
            changed[place] ^= 1
            packed.write_bytes(changed)
            code, _, error = self.check(trace.path)
            self.assertEqual(code, 1, place)
            self.assertNotIn("Traceback", error)

    def test_a_changed_manifest_is_found(self):
        trace = self.record(Mlp)
        content = trace.path.read_text()
        for old, new in (('"lr":0.1', '"lr":0.2'), ('"relu"', '"gelu"'), ('"shape":[24]', '"shape":[25]')):
            self.assertIn(old, content)
            trace.path.write_text(content.replace(old, new, 1))
            code, _, error = self.check(trace.path)
            self.assertEqual(code, 1, old)
            self.assertIn("the manifest's lines: got digest", error)

    def test_a_changed_learning_rate_is_found_without_its_digest(self):
        trace = self.record(Mlp)
        index = next(i for i, line in enumerate(trace.operations, 1) if line.get("param") == "hidden.weight")
        self.change(trace, lines={index: {"lr": 0.100001}})
        self.assertRegex(self.check(trace.path)[2], r"^t.jsonl: hidden.weight: update: \d+ of 480 values are off")

    def test_tensors_that_are_cut_short_or_not_there_are_found(self):
        trace = self.record(Mlp)
        packed = trace.path.with_suffix(".npz")
        content = packed.read_bytes()
        for size in (0, 10, len(content) // 2, len(content) - 1):
            packed.write_bytes(content[:size])
            self.assertEqual(self.check(trace.path)[0], 1, size)
        packed.unlink()
        code, _, error = self.check(trace.path)
        self.assertEqual(code, 1)
        self.assertIn("No such file or directory", error)

    def test_a_tensor_of_another_shape_is_named(self):
        trace = self.record(Mlp)
        self.change(trace, tensors={"out/w": trace.tensors["out/w"][:, :-1]})
        self.assertEqual(self.check(trace.path)[2],
                         "t.jsonl: out/w: got float32[10, 23], expected float32[10, 24]\n")

    def test_a_field_that_is_not_there_is_named(self):
        trace = self.record(Mlp)
        index = next(i for i, line in enumerate(trace.operations, 1) if line["op"] == "update")
        self.change(trace, lines={index: {"lr": None}})
        trace.path.write_text(trace.path.read_text().replace('"lr": null, ', ""))
        self.assertEqual(self.check(trace.path)[2],
                         "t.jsonl: got nothing of the name 'lr', expected a field of a line or a tensor\n")

    def test_text_that_is_not_a_trace_is_named_with_its_line(self):
        path = self.folder / "t.jsonl"
        for text, message in (
                ('{"format":"lns-layertrace/1","tensors":"t.npz"}\n{"i":0,', "t.jsonl: line 2: got text that is not JSON"),
                ("7\n", "t.jsonl: line 1: got 7, expected one object per line"),
                ('{"format":"lns-layertrace/9"}\n',
                 "t.jsonl: format: got 'lns-layertrace/9', expected lns-layertrace/0 or /1"),
                ("", "t.jsonl: got an empty file, expected a trace"),
                ('{"format":"lns-layertrace/1"}\n', "t.jsonl: got shapes only, expected a trace with operands")):
            path.write_text(text)
            code, _, error = self.check(path)
            self.assertEqual(code, 1)
            self.assertTrue(error.startswith(message), error)


if __name__ == "__main__":
    unittest.main()
