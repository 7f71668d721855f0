#!/usr/bin/env python3
"""Records training steps of any PyTorch (1.13 or newer) loop as native lnsim traces with operands.

    import lnsim_record
    with lnsim_record.Recorder(model, optimizer, "trace.jsonl", steps=[100]):
        for images, labels in loader:            # the usual loop, unchanged
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()

This file is all that is needed besides PyTorch and NumPy: copy it. A trace is a JSON Lines manifest and an .npz beside it.
Steps count the calls of optimizer.step from 0; a step is everything with gradients between two calls. One step goes to
the path given, each of several to NAME-stepN.jsonl. A step's files appear when it is complete, whole, and stay whatever
happens to the loop afterwards. The loop goes on as it would without a recorder; only functions that hide a product are
computed by their definition in recorded steps, and may round otherwise: scaled_dot_product_attention, addmm, baddbmm,
einsum.

What is recorded
    every operator    layer, shape or product, attributes, pass, in the order of execution
    every product     conv2d, linear and bmm: both operands of each pass, and the result that PyTorch computed,
                      less the bias. Keys LAYER/x, w, y, dy, dx, dw, of two activations LAYER/a, b, y, dy, da, db
    every update      PARAMETER/w, dwq (the gradient as the rule takes it), m and v (first and second moment), w_new,
                      m_new, v_new after the step; PARAMETER is the layer for the weights of a product. SGD with momentum,
                      Adam and AdamW. Weight decay belongs to no rule of the simulator: of SGD and Adam it is in dwq, of
                      AdamW in w, and the raw tensor is kept beside. Another optimizer may offer lnsim_update(parameter):
                      a dict of the line's fields and, as tensors, its state; otherwise its updates have shapes only.
    how values flow   operators without a product name what they take (in), make (out; the gradients of their operands
                      x0, x1, ..., then of their parameters) and read besides (params). Values that are put together from
                      others, as views, copies, broadcasts, and sums are, and the gradients of all of them, have lines
                      `value`; so have those that could not be followed, with the reason (because). `lnsim run --chain`
                      computes a whole step with them, from its data and its parameters
Views and copies have no operator line. Operators without a native name are left out, named in the header (left_out) and in a
warning. A product that cannot be recorded is an error that names layer and operator.

Samples, for models that are too large: with sample=ROWS the path holds the shapes of the whole step, for cycles and energy,
and NAME-sample.jsonl operands, for numeric results. There every product has at most ROWS rows and columns, and batch entries
or groups, drawn at random (seed=) without touching PyTorch's generators, but with the whole contraction: its results are
those of the whole product. It is written as a smaller matrix product (a convolution as a linear layer on its windows,
padding and stride as zeros among them), and sample_of holds the whole one's extents. The lines that hold the largest
magnitude that the product reads or gives are always drawn, so that scales per tensor are those of the whole tensors.
Updates are sampled by rows of the parameter in the same way. Samples say nothing of how values flow.

A recorded step keeps all of its activations until it ends.

    python3 lnsim_record.py --check trace.jsonl

recomputes every product and update of a trace in float64 with NumPy alone, compares within the rounding error that its
arithmetic may have, verifies digests, and returns 1 if anything is wrong.
"""
import argparse
import contextlib
import functools
import hashlib
import json
import math
import os
import pathlib
import random
import sys
import types
import warnings
import zipfile
import zlib

import numpy
import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class RecordingError(RuntimeError):
    """What cannot be recorded; the message names layer and operator."""


class Unsupported(Exception):
    """Why a call cannot be recorded, without layer and operator yet."""


class Unfollowed(Exception):
    """Why values cannot be followed through a call, which is recorded nevertheless."""


# Operators


def spellings(*names):
    """The functions of these names in torch, as methods, in place, and as operators, those that exist."""
    places = (torch, torch.Tensor, functional)
    found = [getattr(place, spelling, None) for name in names for spelling in (name, name + "_") for place in places]
    return {function for function in found if callable(function)}


def operators(name):
    return {getattr(torch.Tensor, f"__{prefix}{name}__", None) for prefix in ("", "r", "i")} - {None}


CONVOLUTIONS = {functional.conv2d, torch.conv2d}
LINEARS = {functional.linear}
MATMULS = spellings("matmul", "bmm", "mm") | operators("matmul")
VECTOR_OPERATORS = {function: native for native, functions in {
    **{name: spellings(name) for name in (
        "batch_norm", "layer_norm", "group_norm", "gelu", "tanh", "sigmoid", "silu", "softmax", "log_softmax",
        "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "sum", "mean", "dropout", "embedding", "cross_entropy",
        "nll_loss", "mse_loss")},
    "max_pool2d": spellings("max_pool2d", "max_pool2d_with_indices"),
    "max_pool": spellings("max_pool1d"), "avg_pool": spellings("avg_pool1d"),
    "add": spellings("add") | operators("add"), "sub": spellings("sub") | operators("sub"),
    "mul": spellings("mul") | operators("mul"), "div": spellings("div", "true_divide") | operators("truediv"),
    "relu": spellings("relu", "relu6", "hardtanh", "leaky_relu", "threshold", "clamp_min"),
    "scale": spellings("neg", "masked_fill"),
}.items() for function in functions}
# Their shape is that of the result; of the others it is that of the input.
SHAPED_BY_RESULT = {"add", "sub", "mul", "div", "scale", "embedding"}
# Arguments after the input that their lines keep.
ATTRIBUTES = {
    **dict.fromkeys(("max_pool2d", "max_pool"), ("kernel_size", "stride", "padding", "dilation")),
    **dict.fromkeys(("avg_pool2d", "avg_pool"), ("kernel_size", "stride", "padding")),
    **dict.fromkeys(("softmax", "log_softmax", "sum", "mean"), ("dim",)),
    "adaptive_avg_pool2d": ("output_size",), "layer_norm": ("normalized_shape",), "group_norm": ("num_groups",),
    "dropout": ("p",),
}
# They only move data, as views do, and have no line; importers leave them out too.
COPIES = spellings("clone", "contiguous", "reshape", "flatten", "to", "type", "type_as", "float", "double", "half",
                   "bfloat16", "cat", "stack")
# Products that are not recorded: better no trace than one that lacks them.
REFUSED = spellings("conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "bilinear", "tensordot",
                    "inner", "outer", "addbmm", "addmv", "addr", "chain_matmul", "lstm", "gru", "rnn_tanh", "rnn_relu",
                    "lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell")


# Functions that hide products, by their definitions.


def visible(function):
    """A Python function of PyTorch that calls its operators even where a mode is watching, not the mode."""
    unwatched = {**function.__globals__, "has_torch_function": lambda _: False}
    copy = types.FunctionType(function.__code__, unwatched, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
        value = value.repeat_interleave(query.shape[-3] // value.shape[-3], -3)
    weight = torch.matmul(query * (1 / math.sqrt(query.shape[-1]) if scale is None else scale), key.transpose(-2, -1))
    if is_causal:
        attn_mask = torch.ones(weight.shape[-2:], dtype=torch.bool, device=weight.device).tril()
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        weight = weight.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        weight = weight + attn_mask
    weight = torch.softmax(weight, -1)
    return torch.matmul(functional.dropout(weight, dropout_p) if dropout_p > 0 else weight, value)


def added_product(input, left, right, *, beta=1, alpha=1):
    product = torch.matmul(left, right)
    return (input if beta == 1 else beta * input) + (product if alpha == 1 else alpha * product)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    wide = [value if isinstance(value, str) else (first, *value) if isinstance(value, (tuple, list)) else (first, value)
            for first, value in ((1, stride), (0, padding), (1, dilation))]
    return functional.conv2d(input.unsqueeze(-2), weight.unsqueeze(-2), bias, *wide, groups).squeeze(-2)


def einsum(equation, *operands):
    operands = operands[0] if isinstance(operands[0], (list, tuple)) else operands
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    labels = inputs.split(",")
    if not arrow or len(labels) != 2 or "." in equation or any(len(set(own)) < len(own) for own in labels):
        raise Unsupported(f"got {equation!r}, expected two operands, each label once in each, and an output")
    (left, right), (a, b) = labels, operands
    batch = [label for label in left if label in right and label in output]
    inner = [label for label in left if label in right and label not in output]
    rows, columns = ([label for label in own if label not in batch + inner] for own in (left, right))
    if not set(rows + columns) <= set(output):
        raise Unsupported(f"got {equation!r}, expected every label in the other operand or the output")
    extents = {**dict(zip(left, a.shape)), **dict(zip(right, b.shape))}

    def matrices(tensor, own, *groups):
        tensor = tensor.permute([own.index(label) for group in groups for label in group])
        return tensor.reshape([math.prod(extents[label] for label in group) for group in groups])

    result = torch.matmul(matrices(a, left, batch, rows, inner), matrices(b, right, batch, inner, columns))
    found = batch + rows + columns
    return result.reshape([extents[label] for label in found]).permute([found.index(label) for label in output])


def backward(loss, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Watched too: checkpointed layers run forward within it."""
    torch.autograd.backward(loss, gradient, retain_graph, create_graph, inputs=inputs)


DEFINITIONS = {
    torch.Tensor.backward: backward,
    functional.multi_head_attention_forward: visible(functional.multi_head_attention_forward),
    **{function: attention for function in spellings("scaled_dot_product_attention")},
    **{function: added_product for function in spellings("addmm", "baddbmm")},
    **{function: conv1d for function in spellings("conv1d")},
    torch.einsum: einsum,
}


# Products: the extents of every pass, the shapes that their tensors are recorded in, and, for samples, the matrices.


def gemm(batch, m, n, k):
    return {"gemm": {"batch": batch, "M": m, "N": n, "K": k}, "macs": batch * m * n * k}


class Linear:
    """y[M, N] = x[M, K] w[N, K]^T"""
    op, left, right, bias_shape = "linear", "x", "w", (-1,)
    operands = {"fwd": ("x", "w", "y"), "bwd_input": ("dy", "w", "dx"), "bwd_weight": ("dy", "x", "dw")}
    gradients = ("bwd_input", "bwd_weight")

    def __init__(self, rows, columns, inner):
        x, w, y = (rows, inner), (columns, inner), (rows, columns)
        self.shapes = {"x": x, "w": w, "y": y, "dy": y, "dx": x, "dw": w}
        self.fields = {"fwd": {**gemm(1, rows, columns, inner), "b_trans": True},
                       "bwd_input": gemm(1, rows, inner, columns),
                       "bwd_weight": {**gemm(1, columns, inner, rows), "a_trans": True}}

    def matrices(self, direction, a, b, out):
        """Operand a as [batch, lines, inner], b likewise, each with the rank of its lines, and out as [batch, M, N]."""
        a = a.t() if direction == "bwd_weight" else a
        b = b if direction == "fwd" else b.t()
        return a[None], 1, b[None], 1, out[None]


class Batched:
    """y[B, M, N] = a[B, M, K] b[B, K, N], both of them activations"""
    op, left, right = "bmm", "a", "b"
    operands = {"fwd": ("a", "b", "y"), "bwd_a": ("dy", "b", "da"), "bwd_b": ("a", "dy", "db")}
    gradients = ("bwd_a", "bwd_b")

    def __init__(self, batch, rows, columns, inner):
        a, b, y = (batch, rows, inner), (batch, inner, columns), (batch, rows, columns)
        self.shapes = {"a": a, "b": b, "y": y, "dy": y, "da": a, "db": b}
        self.fields = {"fwd": gemm(batch, rows, columns, inner),
                       "bwd_a": {"operand": "a", **gemm(batch, rows, inner, columns), "b_trans": True},
                       "bwd_b": {"operand": "b", **gemm(batch, inner, columns, rows), "a_trans": True}}

    def matrices(self, direction, a, b, out):
        a = a.transpose(1, 2) if direction == "bwd_b" else a
        b = b if direction == "bwd_a" else b.transpose(1, 2)
        return a, 1, b, 1, out


class Convolution:
    """y[N, K, P, Q] = x[N, C, H, W] * w[K, C/groups, R, S]"""
    op, left, right, bias_shape = "conv2d", "x", "w", (-1, 1, 1)
    operands, gradients = Linear.operands, Linear.gradients

    def __init__(self, x, w, y, stride, padding, dilation, groups):
        (n, c, h, width), (k, c_group, r, s), (p, q) = x, w, y[2:]
        self.shapes = {"x": x, "w": w, "y": y, "dy": y, "dx": x, "dw": w}
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups
        dims = {"N": n, "C": c, "H": h, "W": width, "K": k, "R": r, "S": s, "P": p, "Q": q, "groups": groups,
                "stride": stride, "pad": padding, "dilation": dilation}
        macs = n * k * p * q * c_group * r * s  # of the input gradient too: its window slots that meet no pixel are none
        extents = {"fwd": (n * p * q, k // groups, c_group * r * s),
                   "bwd_input": (n * h * width, c_group, k // groups * r * s),
                   "bwd_weight": (k // groups, c_group * r * s, n * p * q)}
        self.fields = {direction: {"dims": dims, **gemm(groups, *mnk), "macs": macs} for direction, mnk in extents.items()}

    def _windows(self, image, stride, pads):
        """A view [groups, N, P, Q, channels, R, S]; pads are before and after, of H and then of W."""
        image = functional.pad(image, (*pads[1], *pads[0]))
        for axis, extent in enumerate(self.shapes["w"][2:]):
            span = self.dilation[axis] * (extent - 1) + 1
            image = image.unfold(2 + axis, span, stride[axis])[..., ::self.dilation[axis]]
        return image.unflatten(1, (self.groups, -1)).permute(1, 0, 3, 4, 2, 5, 6)

    def _spread(self, dy):
        """The output gradients at the places of their windows, so that the input gradient is a convolution of stride 1."""
        n, k, p, q = dy.shape
        spread = dy.new_zeros(n, k, (p - 1) * self.stride[0] + 1, (q - 1) * self.stride[1] + 1)
        spread[:, :, ::self.stride[0], ::self.stride[1]] = dy
        pads = []
        for axis in (0, 1):
            reach = self.dilation[axis] * (self.shapes["w"][2 + axis] - 1)
            before = reach - self.padding[axis]
            pads.append((before, self.shapes["x"][2 + axis] + reach - spread.shape[2 + axis] - before))
        return self._windows(spread, (1, 1), pads)

    def matrices(self, direction, a, b, out):
        by_group = functools.partial(torch.Tensor.unflatten, sizes=(self.groups, -1))
        if direction == "bwd_weight":
            windows = self._windows(b, self.stride, [(pad, pad) for pad in self.padding]).permute(0, 4, 5, 6, 1, 2, 3)
            return by_group(a, 1).permute(1, 2, 0, 3, 4), 1, windows, 3, by_group(out, 0).flatten(2)
        out = by_group(out, 1).permute(1, 0, 3, 4, 2).flatten(1, 3)
        if direction == "fwd":
            return self._windows(a, self.stride, [(pad, pad) for pad in self.padding]), 3, by_group(b, 0), 1, out
        return self._spread(a), 3, by_group(b.flip(2, 3), 0).transpose(1, 2), 1, out


# How values flow: what operators without a product take and give, and which places of it hold which value


def bound(names, args, kwargs):
    return {**dict(zip(names, args)), **kwargs}


def expect(call, **values):
    for name, value in values.items():
        if call.get(name, value) != value:
            raise Unfollowed(f"{name}={call[name]} is not followed")


def affine(call):
    """Weight and bias of a normalisation."""
    found = [call.get(name) for name in ("weight", "bias")]
    if any(tensor is None for tensor in found):
        if found != [None, None]:
            raise Unfollowed("weight without bias is not followed")
        return []
    return found


def batch_norm_use(call, function, _):
    if function is not functional.batch_norm:
        raise Unfollowed("torch.batch_norm is not followed")
    if not call.get("training", False):
        raise Unfollowed("running statistics are not followed")
    return [call["input"]], affine(call), {"eps": call.get("eps", 1e-5)}


def layer_norm_use(call, *_):
    parameters = affine(call)
    if not parameters and len(call["normalized_shape"]) > 1:
        raise Unfollowed("several extents without weights are not followed")
    return [call["input"]], parameters, {"eps": call.get("eps", 1e-5)}


def softmax_use(call, *_):
    if call.get("dim") not in (-1, call["input"].dim() - 1):
        raise Unfollowed(f"dim={call.get('dim')} is not the last")
    return [call["input"]], [], {}


def pool_use(call, function, result):
    expect(call, count_include_pad=True, divisor_override=None)
    if "divisor_override" in call or "count_include_pad" in call:
        expect(call, ceil_mode=False)
    window = {"kernel": call["kernel_size"], "stride": call.get("stride") or call["kernel_size"],
              "pad": call.get("padding", 0), "dilation": call.get("dilation", 1)}
    if "1d" in function.__name__:  # along the last of the two extents
        window = {name: [0 if name == "pad" else 1, *(value if isinstance(value, (tuple, list)) else [value])]
                  for name, value in window.items()}
    window = {name: pair(value) for name, value in window.items()}
    return [call["input"]], [], {"window": window, "out_shape": list(result.shape)}


def avg_pool_use(call, function, result):
    expect(call, ceil_mode=False)
    return pool_use(call, function, result)


def dropout_use(call, _, result):
    """The factor of each element, drawn again as it was drawn; `generator` is the state before."""
    x, p = call["input"], call.get("p", 0.5)
    if not call.get("training", call.get("train", True)) or p == 0:
        return [x], [torch.ones_like(x)], {}
    if call.get("inplace") or x.device.type != "cpu":
        raise Unfollowed("in place, or not on the CPU, is not followed")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.set_rng_state(call["generator"])
        factors = functional.dropout(torch.ones_like(x), p)
    if not torch.equal(factors * x, result):
        raise Unfollowed("what was dropped is not known")
    return [x], [factors], {}


def embedding_use(call, *_):
    expect(call, max_norm=None, scale_grad_by_freq=False)
    padding = call.get("padding_idx")
    if padding is not None and padding >= 0 and bool((call["input"] == padding).any()):
        raise Unfollowed("padding_idx is not followed")
    return [call["weight"]], [call["input"]], {}


def class_loss_use(call, *_):
    expect(call, weight=None, reduction="mean", label_smoothing=0.0, size_average=None, reduce=None)
    x, labels = call["input"], call["target"]
    if x.dim() != 2 or labels.is_floating_point() or bool((labels == call.get("ignore_index", -100)).any()):
        raise Unfollowed("targets other than a class for every row are not followed")
    return [x], [labels], {}


def mse_use(call, *_):
    expect(call, reduction="mean", size_average=None, reduce=None)
    return list(torch.broadcast_tensors(call["input"], call["target"])), [], {}


LEAST = -1e30  # stands for the -inf of masks, which has no exact sum; softmax gives 0 for both


def masked_fill_use(call, _, result):
    """x where nothing is filled in, plus what is filled in elsewhere."""
    mask = call["mask"].expand(result.shape)
    fill = torch.zeros_like(result, requires_grad=False).masked_fill(mask, max(float(call["value"]), LEAST))
    return [call["input"].expand(result.shape)], [(~mask).to(result.dtype)], {"added": fill}


def elementwise_use(**expected):
    def use(call, function, _):
        expect(call, **expected)
        return [call["input"]], [], {}
    return use


def relu_use(call, function, _):
    if function not in spellings("relu"):
        raise Unfollowed(f"{function.__name__} is not followed")
    return [call["input"]], [], {}


def operands_of(call, result):
    """Two operands as they meet, the second one perhaps a number."""
    first, second = call["input"], call["other"]
    if not isinstance(second, torch.Tensor):
        second = torch.full_like(result, second, requires_grad=False)
    return [tensor.expand(result.shape) for tensor in (first, second)]


def two_operands_use(call, function, result):
    expect(call, alpha=1, rounding_mode=None)
    operands = operands_of(call, result)
    return operands if function.__name__ != "__rtruediv__" else operands[::-1], [], {}


# Operators by what they take: names of the arguments, and a function that gives operands, parameters, and fields.
USES = {
    "relu": (("input",), relu_use),
    **dict.fromkeys(("tanh", "sigmoid"), (("input",), elementwise_use())),
    "silu": (("input", "inplace"), elementwise_use()),
    "gelu": (("input",), elementwise_use(approximate="none")),
    **dict.fromkeys(("softmax", "log_softmax"), (("input", "dim"), softmax_use)),
    **dict.fromkeys(("add", "mul", "div"), (("input", "other"), two_operands_use)),
    "batch_norm": (("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"),
                   batch_norm_use),
    "layer_norm": (("input", "normalized_shape", "weight", "bias", "eps"), layer_norm_use),
    **dict.fromkeys(("max_pool2d", "max_pool"),
                    (("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"), pool_use)),
    **dict.fromkeys(("avg_pool2d", "avg_pool"), (("input", "kernel_size", "stride", "padding", "ceil_mode",
                                                  "count_include_pad", "divisor_override"), avg_pool_use)),
    "adaptive_avg_pool2d": (("input", "output_size"),
                            lambda call, _, result: ([call["input"]], [], {"out_shape": list(result.shape)})),
    "dropout": (("input", "p", "training", "inplace"), dropout_use),
    "embedding": (("input", "weight", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq"), embedding_use),
    "cross_entropy": (("input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction",
                       "label_smoothing"), class_loss_use),
    "nll_loss": (("input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction"), class_loss_use),
    "masked_fill": (("input", "mask", "value"), masked_fill_use),
    "mse_loss": (("input", "target", "size_average", "reduce", "reduction"), mse_use),
}


def row_major(shape):
    strides, step = [], 1
    for extent in reversed(shape):
        strides.insert(0, step)
        step *= extent
    return strides


def sub_sum(args, kwargs, function, result):
    call = bound(("input", "other", "alpha"), args, kwargs)
    signs = (-1, 1) if function.__name__ in ("__rsub__", "rsub") else (1, -1)
    if call.get("alpha", 1) != 1:
        raise Unfollowed("alpha is not followed")
    return [(tensor, sign, row_major(result.shape)) for tensor, sign in zip(operands_of(call, result), signs)]


def scale_sum(args, kwargs, function, result):
    name, call = function.__name__.strip("_"), bound(("input", "other"), args, kwargs)
    if name in ("neg", "negative"):
        return [(call["input"], -1, row_major(result.shape))]
    factor = call.get("other")
    if name.startswith(("rtruediv", "rdiv")) or isinstance(factor, torch.Tensor) and factor.requires_grad:
        raise Unfollowed(f"{name} is not followed")
    factor = float(factor)
    if not math.isfinite(factor) or "div" in name and factor == 0:
        raise Unfollowed(f"{name} by {factor} is not followed")
    return [(call["input"].expand(result.shape), 1 / factor if "div" in name else factor, row_major(result.shape))]


def reduction_sum(args, kwargs, function, result):
    call = bound(("input", "dim", "keepdim"), args, kwargs)
    x, dims = call["input"], call.get("dim")
    dims = range(x.dim()) if dims is None or dims == () else dims if isinstance(dims, (tuple, list)) else (dims,)
    dims = {dim % x.dim() for dim in dims}
    left = iter(row_major([extent for dim, extent in enumerate(x.shape) if dim not in dims]))
    count = x.numel() // max(1, result.numel()) if function.__name__ == "mean" else 1
    return [(x, 1 / count, [0 if dim in dims else next(left) for dim in range(x.dim())])]


# Operators whose result is a sum of parts of their operands: (operand, factor, strides of its elements in the result).
SUMS = {"sub": sub_sum, "scale": scale_sum, "sum": reduction_sum, "mean": reduction_sum}


def storage_of(tensor):
    storage = tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage()
    return storage.data_ptr()


def merged(shape, *strides):
    """The same places with as few extents as possible."""
    kept = []
    for extent, *steps in zip(shape, *strides):
        if extent == 1:
            continue
        if kept and all(before == step * extent for before, step in zip(kept[-1][1:], steps)):
            kept[-1] = [kept[-1][0] * extent, *steps]
        else:
            kept.append([extent, *steps])
    return [list(column) for column in zip(*kept)] if kept else [[1], *([0] for _ in strides)]


class Held:
    """The value that lies in a storage, as long as nothing changes it."""

    def __init__(self, value, tensor, because=None):
        self.value, self.tensor, self.version, self.because = value, tensor.detach(), tensor._version, because

    def places(self, tensor):
        """First place and strides of a tensor's elements in the value."""
        if tensor._version != self.version:
            raise Unfollowed("changed in place by what is not followed")
        own = self.tensor
        if own.is_contiguous():
            first, strides = tensor.storage_offset() - own.storage_offset(), list(tensor.stride())
            last = first + sum((extent - 1) * step for extent, step in zip(tensor.shape, strides))
            if first < 0 or last >= own.numel():
                raise Unfollowed("other elements of a storage than those that are followed")
            return first, strides
        numbers = torch.full((own.storage_offset() + sum((n - 1) * s for n, s in zip(own.shape, own.stride())) + 1,), -1)
        torch.as_strided(numbers, own.shape, own.stride(), own.storage_offset()).copy_(
            torch.arange(own.numel()).reshape(own.shape))
        found = torch.as_strided(numbers, tensor.shape, tensor.stride(), tensor.storage_offset())
        first = int(found[(0,) * found.dim()])
        strides = [int(found.select(axis, 1)[(0,) * (found.dim() - 1)]) - first if extent > 1 else 0
                   for axis, extent in enumerate(found.shape)]
        regular = torch.as_strided(torch.arange(own.numel()), found.shape, strides, first) if min(strides) >= 0 else None
        if first < 0 or regular is None or not torch.equal(found, regular):
            raise Unfollowed("a layout that is not followed")
        return first, strides


class Flow:
    """Which tensors hold which values, what values are put together from, and who uses them.

    A value NAME/y has the gradient NAME/dy: the sum of what its uses give it. Only gradients that were computed count.
    """

    def __init__(self):
        self.held, self.nodes, self.elements, self.terms = {}, {}, {}, {}
        self.uses, self.lost, self.made, self.passed, self.lines = {}, {}, set(), set(), []

    def hold(self, value, tensor, because=None):
        self.held[storage_of(tensor)] = Held(value, tensor, because)
        self.elements[value] = tensor.numel()
        if tensor.grad_fn is not None:
            self.nodes[tensor.grad_fn] = value

    def changed(self, tensor, version):
        """A tensor was changed in place by an operator that is followed; `version`: before it was."""
        held = self.held.get(storage_of(tensor))
        if held is None:
            self.hold(None, tensor, "data that were changed in place")
        elif held.version == version:
            held.version = tensor._version

    def follows(self, tensor):
        return storage_of(tensor) in self.held or tensor.grad_fn is not None

    def part(self, value, elements, tensor, gradient, factor=1, strides=None, forward=True):
        """Makes a tensor a part of a value, at strides; `gradient` is the gradient of that value.

        Throws Unfollowed. Of parameters and data nothing is made: they are recorded.
        """
        held = self.held.get(storage_of(tensor))
        if held is None or held.value is None:
            raise Unfollowed(held.because if held else "made by what is not followed")
        first, places = held.places(tensor)
        shape, places, own = merged(tensor.shape, places, row_major(tensor.shape) if strides is None else strides)
        if forward:
            self.line(value, elements, held.value, factor, shape, [first, *places], [0, *own])
        if tensor.requires_grad:
            self.uses.setdefault(held.value, []).append((gradient, factor, shape, [0, *own], [first, *places], elements))

    def line(self, value, elements, of, factor, shape, source, target, source_elements=None):
        whole = math.prod(shape) == elements == (source_elements or self.elements.get(of)) and source == target == [0, 1]
        self.lines.append({"value": value, "elements": elements, "of": of, **({} if factor == 1 else {"factor": factor}),
                           **({} if whole else {"shape": shape, "from": source, "to": target})})

    def lose(self, tensor, because):
        """The gradients of all that a tensor was made of are not known."""
        held = self.held.get(storage_of(tensor))
        if held is not None and held.value is not None:
            self.lost.setdefault(held.value, because)
        waiting, seen = [tensor.grad_fn], set()
        while waiting:
            node = waiting.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            variable = getattr(node, "variable", None)
            if node in self.nodes:
                self.lost.setdefault(self.nodes[node], because)
            elif variable is not None and storage_of(variable) in self.held:
                self.lost.setdefault(self.held[storage_of(variable)].value, because)
            else:
                waiting += [next_node for next_node, _ in node.next_functions]

    def resolve(self):
        """Writes the gradients of values, those of later ones first."""
        for value in reversed(list(self.elements)):
            if value is None or not value.endswith("/y") or not self.gradient(value, value[:-1] + "dy"):
                continue
            for name, elements, *places in self.terms.get(value, []):
                if value in self.lost:
                    self.lines.append({"value": name, "because": self.lost[value]})
                else:
                    self.line(name, elements, value[:-1] + "dy", *places)
                self.made.add(name)

    def gradient(self, value, name, factor=1):
        """Composes the gradient of a value from those of its uses, or says that it is lost; whether there is one."""
        uses = [use for use in self.uses.get(value, []) if use[0] in self.made]
        because = self.lost.get(value)
        if not uses and because is None:
            if value not in self.passed and not value.endswith("/w"):
                return False
            because = self.lost[value] = "what takes it is not followed"
        self.made.add(name)
        if because is not None:
            self.lines.append({"value": name, "because": because})
            return True
        for gradient, of_use, shape, source, target, elements in uses:
            self.line(name, self.elements[value], gradient, factor * of_use, shape, source, target, elements)
        return True


# Samples


def choose(count, most, needed, generator):
    if count <= most:
        return list(range(count))
    chosen = set(needed)
    for index in generator.sample(range(count), most):
        if len(chosen) < most:
            chosen.add(index)
    return sorted(chosen)


def largest_line(matrix, rank):
    """(batch entry, line) of the largest magnitude."""
    inner = tuple(range(1 + rank, matrix.dim()))
    peaks = torch.maximum(matrix.amax(inner), -matrix.amin(inner)).flatten(1)
    return divmod(int(peaks.argmax()), peaks.shape[1])


def take(matrix, rank, batch, lines):
    places = numpy.unravel_index(lines, tuple(matrix.shape[1:1 + rank]))
    return matrix[(torch.tensor(batch)[:, None], *(torch.from_numpy(place)[None] for place in places))].flatten(2)


def sampled_product(a, a_rank, b, b_rank, out, most, generator):
    """A product of some of a's and b's lines: [batch, M, K], [batch, N, K], [batch, M, N]."""
    batch_a, row_a = largest_line(a, a_rank)
    batch_b, column_b = largest_line(b, b_rank)
    batch_out, place = divmod(int(out.abs().flatten().argmax()), out[0].numel())
    row_out, column_out = divmod(place, out.shape[2])
    batch = choose(out.shape[0], most, (batch_a, batch_b, batch_out), generator)
    rows = choose(out.shape[1], most, (row_a, row_out), generator)
    columns = choose(out.shape[2], most, (column_b, column_out), generator)
    index = [torch.tensor(numbers) for numbers in (batch, rows, columns)]
    return (take(a, a_rank, batch, rows), take(b, b_rank, batch, columns),
            out[index[0][:, None, None], index[1][None, :, None], index[2][None, None, :]])


LEAST_SAMPLE = 8  # a parameter's update has up to seven tensors, and the row of each one's largest value is drawn


# Files


class TraceFile:
    """A trace that is being written; it gets its name when it is complete."""

    def __init__(self, path):
        self.path, self.lines, self.tensors, self.values, self.archive = path, [], {}, [], None
        self.packed = path.with_name(path.stem + ".npz")
        self.unfinished = self.packed.with_name(self.packed.name + ".part")
        self.part = path.with_name(path.name + ".part")

    def line(self, layer, op, direction, **fields):
        self.lines.append({"i": len(self.lines), "layer": layer, "op": op, "pass": direction, **fields})

    def keep(self, key, tensor):
        """Writes a tensor, once; returns its key."""
        if key in self.tensors:
            return key
        wide = torch.float64 if tensor.dtype == torch.float64 else torch.float32
        array = numpy.ascontiguousarray(tensor.detach().to(wide).cpu().numpy())
        if not numpy.isfinite(array).all():
            raise RecordingError(f"{key}: got infinity or NaN, expected finite values")
        if self.archive is None:
            self.archive = zipfile.ZipFile(self.unfinished, "w", zipfile.ZIP_DEFLATED)
        with self.archive.open(key + ".npy", "w", force_zip64=True) as member:
            numpy.lib.format.write_array(member, array, allow_pickle=False)
        self.tensors[key] = {"tensor": key, "shape": list(array.shape), "dtype": str(array.dtype),
                             "zeros": int((array == 0).sum())}
        return key

    def finish(self, header):
        if self.archive is not None:
            self.archive.close()
            header = {**header, "npz_sha256": digest(self.unfinished)}
            header["tensors"] = self.packed.name
        body = "".join(json.dumps(line, separators=(",", ":")) + "\n" 
                       for line in [*self.lines, *self.values, *self.tensors.values()])
        header["lines_sha256"] = hashlib.sha256(body.encode()).hexdigest()
        self.part.write_text(json.dumps(header, separators=(",", ":")) + "\n" + body, encoding="utf-8")
        if self.archive is not None:
            os.replace(self.unfinished, self.packed)
        os.replace(self.part, self.path)

    def discard(self):
        if self.archive is not None:
            with contextlib.suppress(OSError):  # of a full disk, which is why it is discarded
                self.archive.close()
        for path in (self.unfinished, self.part):
            path.unlink(missing_ok=True)


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            sha.update(block)
    return sha.hexdigest()


# What an optimizer's step of a parameter is: the fields of its line, and its state.


def describe_update(optimizer, parameter, group, count):
    """None where the simulator has no such rule. `count`: steps before, of optimizers that do not count their own."""
    if hasattr(optimizer, "lnsim_update"):
        said = optimizer.lnsim_update(parameter)
        if said is None:
            return None
        return ({key: value for key, value in said.items() if not isinstance(value, torch.Tensor)},
                {key: value for key, value in said.items() if isinstance(value, torch.Tensor)})
    state = optimizer.state.get(parameter, {})
    if isinstance(optimizer, torch.optim.SGD) and not (group["nesterov"] or group["dampening"]):
        m = state.get("momentum_buffer")
        fields = {"rule": "sgd", "lr": float(group["lr"]), "step": 1 if m is None else count + 1,
                  "momentum": group["momentum"]}
        return fields, {} if m is None else {"m": m}
    if isinstance(optimizer, (torch.optim.Adam, torch.optim.AdamW)) and not group["amsgrad"]:
        (momentum, beta), step = group["betas"], int(state.get("step", 0)) + 1
        fields = {"rule": "adam", "lr": float(group["lr"]), "step": step, "momentum": momentum, "beta": beta,
                  "epsilon": group["eps"]}
        return fields, {"m": state["exp_avg"], "v": state["exp_avg_sq"]} if step > 1 else {}
    return None


ROLES = ("gradient", "w_before", "m", "v", "w", "dw")  # of an update's tensors, as its line lists them


def decays_weights(optimizer, group):
    """AdamW shrinks the weights; the others add to the gradient."""
    return isinstance(optimizer, torch.optim.AdamW) or group.get("decoupled_weight_decay", False)


def arithmetic(dtype):
    """What a line says of results that are stored wider than they were computed."""
    return {} if dtype in (torch.float32, torch.float64) else {"arithmetic": str(dtype).split(".")[-1]}


def base_of(tensor):
    """The parameter that a view of it belongs to."""
    return tensor if tensor._base is None else tensor._base


def pair(value):
    return list(value) if isinstance(value, (tuple, list)) else [value, value]


def arrays(values):
    """The tensors among a call's arguments, lists looked into."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from arrays(value)


class Watch(TorchFunctionMode):
    """Shows the recorder every call of a PyTorch function."""

    def __init__(self, recorder):
        super().__init__()
        self.recorder = recorder

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if self.recorder.trace is None or not torch.is_grad_enabled():
            return func(*args, **(kwargs or {}))
        # Within a mode's own handler the mode is off: nothing that the recorder does is recorded.
        return self.recorder.called(func, args, kwargs or {})


class Recorder(contextlib.AbstractContextManager):
    """See the top of this file. `name` and `details` (a dict) go into the header."""

    def __init__(self, model, optimizer, path, steps, sample=None, seed=0, name=None, details=None):
        if isinstance(steps, int) or not steps or any(not isinstance(step, int) or step < 0 for step in steps):
            raise ValueError(f"steps: got {steps!r}, expected a list of step numbers from 0")
        if sample is not None and sample < LEAST_SAMPLE:
            raise ValueError(f"sample: got {sample}, expected at least {LEAST_SAMPLE} rows")
        if not isinstance(seed, int) or seed < 0:
            raise ValueError(f"seed: got {seed!r}, expected an integer from 0")
        self.model, self.optimizer, self.path, self.steps = model, optimizer, pathlib.Path(path), sorted(set(steps))
        if not self.path.parent.is_dir():
            raise ValueError(f"path: got {str(path)!r}, expected a file in a folder that exists")
        self.sample, self.seed = sample, seed
        self.name, self.details = name or type(model).__name__, details or {}
        self.parameters = {id(p): n for n, p in model.named_parameters()}
        for group in optimizer.param_groups:
            for p in group["params"]:
                self.parameters.setdefault(id(p), f"optimizer.parameter{len(self.parameters)}")
        self.count, self.modules, self.handles, self.watched = 0, [], [], []
        self.trace = self.sampled = None

    def __enter__(self):
        for name, module in self.model.named_modules():
            self.handles.append(module.register_forward_pre_hook(lambda *_, name=name: self.modules.append(name)))
            self.handles.append(module.register_forward_hook(self._leave_module))
        self._replace_step()
        self.watch = Watch(self)
        self.watch.__enter__()
        self._begin()
        return self

    def __exit__(self, *error):
        self.watch.__exit__(*error)
        self._restore_step()
        for handle in self.handles:
            handle.remove()
        for file in self._files():
            file.discard()
        for handle in self.watched:
            handle.remove()
        self.trace = self.sampled = self.flow = None
        missing = [step for step in self.steps if step >= self.count]
        if error[0] is None and missing:
            raise RecordingError(f"got {self.count} steps, expected steps {missing} to be among them")

    def _leave_module(self, *_):
        self.modules.pop()  # a hook's result would replace the module's

    # Steps

    def _replace_step(self):
        self.own_step = "step" in vars(self.optimizer)
        self.optimizer_step = self.optimizer.step

        @functools.wraps(self.optimizer_step)  # with the marks that schedulers leave on it
        def step(_, *args, **kwargs):
            return self._step(*args, **kwargs)

        self.replaced_step = self.optimizer.step = types.MethodType(step, self.optimizer)

    def _restore_step(self):
        if self.optimizer.step is not self.replaced_step:
            return  # wrapped by someone else since; the wrapped one only counts from now on
        if self.own_step:
            self.optimizer.step = self.optimizer_step
        else:
            del self.optimizer.step

    def _files(self):
        return [file for file in (self.trace, self.sampled) if file is not None]

    def _begin(self):
        """A step that is wanted begins where the one before ends."""
        self.trace = self.sampled = self.flow = None
        if self.count not in self.steps:
            return
        stem = self.path.stem if len(self.steps) == 1 else f"{self.path.stem}-step{self.count}"
        self.trace = TraceFile(self.path.with_name(stem + self.path.suffix))
        if self.sample is not None:
            self.sampled = TraceFile(self.path.with_name(f"{stem}-sample{self.path.suffix}"))
        self.used_names, self.readers, self.weights, self.left_out = set(), {}, {}, {}
        self.flow = Flow() if self.sampled is None else None  # samples of tensors are no values that flow
        self.arrived, self.watched, self.copies = {}, [], 0

    def _step(self, *args, **kwargs):
        if self.trace is None:
            result = self.optimizer_step(*args, **kwargs)
        else:
            if any(value is not None for value in (*args, *kwargs.values())):
                kind = type(self.optimizer).__name__
                raise RecordingError(f"{kind}.step: got a closure, expected none in a recorded step")
            with torch.no_grad():
                if self.flow is not None:
                    self.flow.resolve()
                befores = [self._before_update(*updated) for updated in self._updated()]
            result = self.optimizer_step()
            with torch.no_grad():
                for before in befores:
                    self._after_update(*before)
            self._finish()
        self.count += 1
        self._begin()
        return result

    def _finish(self):
        for handle in self.watched:
            handle.remove()
        if self.flow is not None:
            self.trace.values = self.flow.lines
        header = {"format": "lns-layertrace/1", "model": self.name,
                  "source": "tools/record/lnsim_record.py, PyTorch " + torch.__version__, "step": self.count,
                  **self.numerics(), **self.details}
        if self.left_out:
            header["left_out"] = self.left_out
            named = ", ".join(f"{name} ({', '.join(layers)})" for name, layers in self.left_out.items())
            warnings.warn(f"{self.trace.path}: left out, for they have no native name: {named}", stacklevel=4)
        if self.sampled is not None:
            self.sampled.finish({**header, "sample": {"rows": self.sample, "seed": self.seed, "of": self.trace.path.name}})
        self.trace.finish(header)

    def numerics(self):
        """Header fields on number formats, for loops that quantise their operands."""
        return {}

    # Operators

    def called(self, func, args, kwargs):
        """Runs a function and records what it does."""
        self.note_readers([*args, *kwargs.values()])
        if func is torch.Tensor.backward and self.flow is not None:
            call = bound(("loss", "gradient"), args, kwargs)
            self._root(call["loss"], call.get("gradient"))
        if func in DEFINITIONS:
            try:
                with Watch(self):
                    return DEFINITIONS[func](*args, **kwargs)
            except Unsupported as error:
                self._refuse(func.__name__, error)
        if func in CONVOLUTIONS:
            return self._convolution(func, *args, **kwargs)
        if func in LINEARS:
            return self._linear(func, *args, **kwargs)
        if func in MATMULS:
            return self._matmul(*(args if func is not torch.Tensor.__rmatmul__ else args[::-1]), **kwargs)
        name = getattr(func, "__name__", str(func))
        if func in REFUSED:
            self._refuse(name, "is a product that is not recorded; write it with matmul, linear or conv2d")
        inputs = list(arrays([*args, *kwargs.values()]))
        version = inputs[0]._version if inputs else 0
        generator = torch.get_rng_state() if self.flow is not None and VECTOR_OPERATORS.get(func) == "dropout" else None
        result = func(*args, **kwargs)
        output = next(arrays([result]), None)
        if output is None or not inputs:
            return result
        if not output.requires_grad:
            self._unfollowed(inputs, output, f"{name} without gradients is not followed")
            return result
        if func in COPIES:
            self._copied(name, args, kwargs, inputs, output)
            return result
        done_in_place = inputs[0]._version != version
        if not done_in_place and any(storage_of(output) == storage_of(tensor) for tensor in inputs):
            return result  # a view, or nothing done
        native = VECTOR_OPERATORS.get(func)
        if self.flow is not None and done_in_place:
            self.flow.changed(inputs[0], version)
        if native is not None:
            self._vector(native, func, args, kwargs, inputs[0], output, generator)
        else:
            layers = self.left_out.setdefault(name, [])
            if self._where() not in layers:
                layers.append(self._where())
            self._unfollowed(inputs, output, f"{name} is not followed")
        return result

    def note_readers(self, values):
        for tensor in arrays(values):
            name = self.parameters.get(id(base_of(tensor)))
            if name:
                self.readers.setdefault(name, self.modules[-1] if self.modules else "")

    def _where(self):
        return (self.modules[-1] if self.modules else "") or "outside the layers"

    def _refuse(self, operator, reason):
        raise RecordingError(f"{self._where()}: {operator}: {reason}")

    def _layer(self, default):
        """A name of its own: the module's, or within a module that calls several operators the module's and a number."""
        base = (self.modules[-1] if self.modules else "") or default
        name, number = base, 1
        while name in self.used_names:
            number += 1
            name = f"{base}#{number}"
        self.used_names.add(name)
        return name

    def _vector(self, op, func, args, kwargs, input, result, generator):
        if op in ("mul", "div") and not (len(args) > 1 and isinstance(args[1], torch.Tensor) and args[1].numel() > 1):
            op = "scale"
        shape = list(result.shape if op in SHAPED_BY_RESULT else input.shape)
        fields = {"shape": shape}
        if list(result.shape) != shape:
            fields["out_shape"] = list(result.shape)
        named = {**dict(zip(ATTRIBUTES.get(op, ()), args[1:])), **kwargs}
        attributes = {name: named[name] for name in ATTRIBUTES.get(op, ())
                      if isinstance(named.get(name), (int, float, tuple, list))}
        if attributes:
            fields["attributes"] = attributes
        layer, trace = self._layer(op), self.trace
        described, names, gradients = self._flow_of(layer, op, func, args, {**kwargs, "generator": generator}, result)
        fields.update(described)
        trace.line(layer, op, "fwd", **fields, **names)

        def backward(*_):
            if self.trace is trace:
                trace.line(layer, op, "bwd", **fields, **gradients)
                if self.flow is not None:
                    self.flow.passed.add(f"{layer}/y")
                    self.flow.made.update(gradients.get("out", []))

        result.grad_fn.register_hook(backward)

    # How values flow

    def _flow_of(self, layer, op, func, args, kwargs, result):
        """Of an operator without a product: fields of both lines, names on the forward line and on the backward one."""
        if self.flow is None:
            return {}, {}, {}
        try:
            use = "masked_fill" if func.__name__.startswith("masked_fill") else op
            if use in SUMS:
                operands, parameters, fields = SUMS[op](args, kwargs, func, result), [], {}
            elif use in USES:
                names, describe = USES[use]
                operands, parameters, fields = describe(bound(names, args, kwargs), func, result)
            else:
                raise Unfollowed("is not computed")
            terms = [term if isinstance(term, tuple) else (term, None, None) for term in operands]
            for i, (tensor, factor, strides) in enumerate(terms):
                self._operand(f"{layer}/x{i}", f"{layer}/dx{i}", tensor)
                if factor is not None:
                    self._add_term(layer, i, tensor, factor, strides, result)
            results = [f"{layer}/y"]
            if "added" in fields:
                results = [f"{layer}/y0"]
                self.trace.keep(f"{layer}/y1", fields.pop("added"))
                for i in (0, 1):
                    self.flow.line(f"{layer}/y", result.numel(), f"{layer}/y{i}", 1, [result.numel()], [0, 1], [0, 1],
                                   result.numel())
            made = [f"{layer}/dx{i}" for i in range(len(terms))]
            kept = [self._parameter(f"{layer}/p{i}", f"{layer}/dp{i}", tensor) for i, tensor in enumerate(parameters)]
            if any(tensor.requires_grad for tensor in parameters):
                made += [f"{layer}/dp{i}" for i in range(len(parameters))]
        except (Unfollowed, RecordingError) as error:
            self._unfollowed(arrays([*args, *kwargs.values()]), result, f"{layer} ({op}): {error}")
            return {}, {}, {}
        self.flow.hold(f"{layer}/y", result)
        names = {"in": [f"{layer}/x{i}" for i in range(len(terms))], "out": results}
        return fields, {**names, **({"params": kept} if kept else {})}, {"in": [f"{layer}/dy"], "out": made}

    def _add_term(self, layer, i, tensor, factor, strides, result):
        """An operand of a sum, and its gradient."""
        shape, own, places = merged(tensor.shape, row_major(tensor.shape), strides)
        count = result.numel()
        self.flow.line(f"{layer}/y", count, f"{layer}/x{i}", factor, shape, [0, *own], [0, *places], tensor.numel())
        self.flow.terms.setdefault(f"{layer}/y", []).append(
            (f"{layer}/dx{i}", tensor.numel(), factor, shape, [0, *places], [0, *own], count))

    def _follow_parameter(self, tensor):
        """Whether a tensor is a parameter or a view of one; its value is that before the step."""
        owner = base_of(tensor)
        name = self.parameters.get(id(owner))
        if name is not None and storage_of(owner) not in self.flow.held:
            self.flow.hold(f"{name}/w", owner)
            if owner.requires_grad:
                self.watched.append(owner.register_hook(functools.partial(self._arrived, name)))
        return name is not None

    def _arrived(self, name, gradient):
        self.arrived[name] = self.arrived[name] + gradient if name in self.arrived else gradient.detach().clone()

    def _operand(self, name, gradient, tensor, kept=False):
        """Says what the operand of this name is; `kept`: it is recorded, as operands of products are."""
        flow = self.flow
        try:
            if self._follow_parameter(tensor):
                if not kept:
                    self.trace.keep(f"{self.parameters[id(base_of(tensor))]}/w", base_of(tensor))
                flow.part(name, tensor.numel(), tensor, gradient, forward=not kept)
            elif flow.follows(tensor):
                flow.part(name, tensor.numel(), tensor, gradient)
            elif not kept:
                self.trace.keep(name, tensor.clamp(min=LEAST) if tensor.is_floating_point() else tensor)
        except Unfollowed as error:
            if not kept:
                self.trace.keep(name, tensor)
            flow.lines.append({"value": name, "because": str(error)})
            flow.lose(tensor, f"{name}: {error}")

    def _parameter(self, name, gradient, tensor):
        """Keeps a parameter of an operator; its key."""
        if self._follow_parameter(tensor):
            self.flow.part(name, tensor.numel(), tensor, gradient, forward=False)
            if id(tensor) in self.parameters:
                return self.trace.keep(f"{self.parameters[id(tensor)]}/w", tensor)
        return self.trace.keep(name, tensor)

    def _unfollowed(self, inputs, output, because):
        if self.flow is None:
            return
        inputs = list(inputs)
        is_view = not output.requires_grad and any(storage_of(output) == storage_of(tensor) for tensor in inputs)
        followed = any(self.flow.follows(tensor) and not self._follow_parameter(tensor) for tensor in inputs)
        if output.requires_grad or followed and not is_view:
            self.flow.hold(None, output, because)
        if output.requires_grad:
            for tensor in inputs:
                if tensor.requires_grad:
                    self._follow_parameter(tensor)
                    self.flow.lose(tensor, because)

    def _copied(self, name, args, kwargs, inputs, output):
        """Copies in C order, and concatenations."""
        if self.flow is None or any(storage_of(output) == storage_of(tensor) for tensor in inputs):
            return
        self.copies += 1
        prefix = f"{self._where()}/copy{self.copies}"
        try:
            first, strides = 0, row_major(output.shape)
            if name in ("cat", "concat", "stack"):
                call = bound(("tensors", "dim"), args, kwargs)
                dim = call.get("dim", 0) % output.dim()
            elif inputs[0].numel() != output.numel():
                raise Unfollowed("is not followed")
            for i, tensor in enumerate(inputs if name in ("cat", "concat", "stack") else inputs[:1]):
                own = strides
                if name == "stack":
                    own = [step for axis, step in enumerate(strides) if axis != dim]
                elif name not in ("cat", "concat"):
                    own = row_major(tensor.shape)
                self._operand(f"{prefix}/x{i}", f"{prefix}/dx{i}", tensor)
                shape, source, target = merged(tensor.shape, row_major(tensor.shape), own)
                self.flow.line(f"{prefix}/y", output.numel(), f"{prefix}/x{i}", 1, shape, [0, *source], [first, *target],
                               tensor.numel())
                self.flow.terms.setdefault(f"{prefix}/y", []).append(
                    (f"{prefix}/dx{i}", tensor.numel(), 1, shape, [first, *target], [0, *source], output.numel()))
                if name in ("cat", "concat", "stack"):
                    first += strides[dim] * (tensor.shape[dim] if name != "stack" else 1)
        except (Unfollowed, RecordingError) as error:
            self._unfollowed(inputs, output, f"{name}: {error}")
        else:
            self.flow.hold(f"{prefix}/y", output)

    def _root(self, loss, gradient=None):
        """A backward pass begins here."""
        held = self.flow.held.get(storage_of(loss))
        if held is None or held.value is None:
            self.flow.lose(loss, held.because if held else "the backward pass begins at what is not followed")
            return
        with torch.no_grad():
            key = f"{held.value[:-2]}/root{self.copies}"
            self.copies += 1
            self.trace.keep(key, torch.ones_like(loss) if gradient is None else gradient)
        try:
            self.flow.part(key, loss.numel(), loss, key, forward=False)
        except Unfollowed as error:
            self.flow.lose(loss, str(error))
        self.flow.made.add(key)

    def _convolution(self, func, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        if input.dim() == 3:
            return self._convolution(func, input[None], weight, bias, stride, padding, dilation, groups)[0]
        stride, dilation = pair(stride), pair(dilation)
        if isinstance(padding, str):
            reach = [step * (extent - 1) for step, extent in zip(dilation, weight.shape[2:])]
            if padding == "same" and any(total % 2 for total in reach):
                self._refuse("conv2d", f"padding='same' of a {list(weight.shape[2:])} filter differs between the sides")
            padding = [total // 2 if padding == "same" else 0 for total in reach]
        geometry = (stride, pair(padding), dilation, groups)

        def product(y):
            return Convolution(tuple(input.shape), tuple(weight.shape), tuple(y.shape), *geometry)

        return self._observe(product, input, weight, bias, lambda x, w: func(x, w, bias, *geometry))

    def _linear(self, func, input, weight, bias=None):
        outputs, inputs = weight.shape[0], weight.shape[-1]

        def product(_):
            return Linear(input.numel() // inputs, outputs, inputs)

        return self._observe(product, input, weight, bias, lambda x, w: func(x, w, bias))

    def _matmul(self, left, right):
        if right.dim() == 1:
            return self._matmul(left, right[:, None]).squeeze(-1)
        if left.dim() == 1:
            return self._matmul(left[None], right).squeeze(-2)
        if right.dim() == 2 and self._is_parameter(right):
            return self._linear(lambda x, w, _: torch.matmul(x, w.t()), left, right.t())
        if left.dim() == right.dim() == 2 and self._is_parameter(left):
            return self._linear(lambda x, w, _: torch.matmul(w, x.t()).t(), right.t(), left).t()
        if right.dim() == 2:
            rows, inner = left.numel() // left.shape[-1], left.shape[-1]
            return self._observe(lambda _: Batched(1, rows, right.shape[1], inner), left, right, None, torch.matmul)
        batch = torch.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        left, right = left.expand(*batch, *left.shape[-2:]), right.expand(*batch, *right.shape[-2:])

        def product(_):
            return Batched(math.prod(batch), left.shape[-2], right.shape[-1], left.shape[-1])

        return self._observe(product, left, right, None, torch.matmul)

    def _is_parameter(self, tensor):
        return id(base_of(tensor)) in self.parameters

    # Products

    def _observe(self, product_of, left, right, bias, call):
        """Runs a product and records every pass of it.

        Views of the operands of its own show the gradients that this product alone gives them; the last one made gets its
        gradient first.
        """
        seen = [tensor.view_as(tensor) if tensor.requires_grad else tensor for tensor in (right, left)][::-1]
        result = call(*seen)
        if result._is_view():
            result = result.clone()  # in-place operators would cut a view off its gradient function
        trace, product = self.trace, product_of(result)
        layer = self._layer(product.op)
        if self.flow is not None:
            for name, tensor in ((product.left, left), (product.right, right)):
                self._operand(f"{layer}/{name}", f"{layer}/d{name}", tensor, kept=True)
        reading = [layer, None]
        if id(right) in self.parameters and right.dtype == result.dtype:
            self.weights.setdefault(id(right), []).append(reading)
        left, right, y = (tensor.detach().to(result.dtype) for tensor in (left, right, result))  # as autocast rounds them
        tensors = {product.left: left, product.right: right, "y": y}
        fields = arithmetic(result.dtype)
        forward = dict(fields)
        if bias is not None:
            added = bias.detach().to(result.dtype).double()
            forward["bias_magnitude"] = added.abs().max().item()  # y is as exact as its sum with the bias was
            tensors["y"] = (y.double() - added.reshape(product.bias_shape)).to(torch.promote_types(y.dtype, torch.float32))
        if self.flow is not None:
            forward.update(self._result(layer, product, bias, result))
        self._record(layer, product, "fwd", tensors, forward)
        if result.grad_fn is None:
            return result
        awaited = [direction for tensor, direction in zip(seen, product.gradients) if tensor.requires_grad]

        def output_gradient(_, gradients):
            if self.trace is trace and gradients[0] is not None:
                tensors["dy"] = gradients[0].detach()
                if self.flow is not None:
                    self.flow.passed.add(f"{layer}/y")
                if bias is not None and bias.requires_grad:
                    self._bias_gradient(layer, product)

        def operand_gradient(gradient, direction):
            if self.trace is not trace:
                return
            if direction not in awaited:
                raise RecordingError(f"{layer}: {product.op} {direction}: a second backward pass in one step")
            awaited.remove(direction)
            tensors[product.operands[direction][2]] = gradient.detach()
            if self.flow is not None:
                self.flow.made.add(f"{layer}/{product.operands[direction][2]}")
            with torch.no_grad():
                self._record(layer, product, direction, tensors, fields)
            if direction == "bwd_weight":
                reading[1] = gradient.detach()
            if not awaited:
                tensors.clear()

        result.grad_fn.register_hook(output_gradient)
        for tensor, direction in zip(seen, product.gradients):
            if tensor.requires_grad:
                tensor.register_hook(functools.partial(operand_gradient, direction=direction))
        return result

    def _result(self, layer, product, bias, result):
        """What a product makes, its bias added: the field of that bias."""
        self.flow.hold(f"{layer}/y", result)
        if bias is None:
            return {}
        key = f"{self.parameters.get(id(bias), f'{layer}.bias')}/w"
        try:
            if not self._follow_parameter(bias):
                raise Unfollowed("the bias is not a parameter")
            self.flow.part(key, bias.numel(), bias, f"{layer}/dbias", forward=False)
        except Unfollowed as error:
            self.flow.hold(None, result, f"{layer}: {error}")
            self.flow.lose(bias, f"{layer}: {error}")
        return {"bias": self.trace.keep(key, bias)}

    def _bias_gradient(self, layer, product):
        shape = list(product.shapes["dy"])
        if self.flow is None:
            self.trace.line(layer, "sum", "bwd", shape=shape)
            return
        axis, name, count = -1 if len(product.bias_shape) == 1 else 1, f"{layer}/dbias", math.prod(shape)
        places = [0] * len(shape)
        places[axis] = 1
        extents, source, target = merged(shape, row_major(shape), places)
        self.flow.line(name, shape[axis], f"{layer}/dy", 1, extents, [0, *source], [0, *target], count)
        self.flow.made.add(name)
        self.trace.line(layer, "sum", "bwd", shape=shape, **{"in": [f"{layer}/dy"], "out": [name]})

    def _record(self, layer, product, direction, tensors, fields):
        """A pass of a product: with its tensors, or its shapes here and a sample of it there."""
        names = product.operands[direction]
        a, b, out = (tensors[name].reshape(product.shapes[name]) for name in names)
        native = direction if direction in ("fwd", "bwd_input", "bwd_weight") else "bwd_input"
        extents = product.fields[direction]
        try:
            if self.sampled is None:
                kept = {role: self.trace.keep(f"{layer}/{name}", tensor)
                        for role, name, tensor in zip(("a", "b", "out"), names, (a, b, out))}
                self.trace.line(layer, product.op, native, **extents, **kept, **fields)
            else:
                self.trace.line(layer, product.op, native, **extents)
                self._record_sample(layer, product, direction, native, (a, b, out), fields)
        except RecordingError as error:
            raise RecordingError(f"{layer}: {product.op} {direction}: {error}") from None

    def _record_sample(self, layer, product, direction, native, tensors, fields):
        a, b, out = sampled_product(*product.matrices(direction, *tensors), self.sample,
                                    random.Random(f"{self.seed}/{layer}/{direction}"))
        kept = {role: self.sampled.keep(f"{layer}/{direction}/{role}", tensor)
                for role, tensor in (("a", a), ("b", b), ("out", out))}
        operand = {"operand": product.fields[direction]["operand"]} if "operand" in product.fields[direction] else {}
        self.sampled.line(layer, "bmm" if product.op == "bmm" else "linear", native, **operand,
                          **gemm(*out.shape, a.shape[2]), **kept, b_trans=True,
                          sample_of=product.fields[direction]["gemm"], **fields)

    # Updates

    def _updated(self):
        """(parameter, its name, its group) of all that the next step changes."""
        found = [(p, self.parameters[id(p)], group) for group in self.optimizer.param_groups for p in group["params"]
                 if p.grad is not None]
        unread = [name for p, name, _ in found if p.dim() > 1 and name not in self.readers]
        if unread:
            raise RecordingError(f"{', '.join(unread)}: got a gradient, expected a recorded operator that reads it; what "
                                 "an autograd.Function or a compiled model does is not seen")
        return found

    def _before_update(self, p, name, group):
        """Records what the step starts from; returns what _after_update needs."""
        readings = self.weights.get(id(p), [])
        base = readings[0][0] if readings else name
        owner = base if readings else self.readers.get(name) or name.rpartition(".")[0] or name
        described = describe_update(self.optimizer, p, group, self.count)
        if described is None:
            if not hasattr(self.optimizer, "lnsim_update"):
                self.left_out.setdefault(f"values of {type(self.optimizer).__name__}'s updates", ["update"])
            return p, name, group, owner, None, None
        fields, state = described
        fields.update(arithmetic(p.dtype))
        weights, gradient = p.detach(), p.grad.to_dense() if p.grad.is_sparse else p.grad
        same = len(readings) == 1 and readings[0][1] is not None and torch.equal(readings[0][1], gradient)
        from_product = "dw" if same else None
        tensors = {"dw": (from_product or "dwq", gradient), **{kind: (kind, tensor) for kind, tensor in state.items()},
                   "w": ("w", weights)}
        if group.get("maximize"):
            fields["maximize"] = True
            tensors["gradient"], tensors["dw"] = (from_product or "gradient", gradient), ("dwq", -gradient)
        decay = 0 if hasattr(self.optimizer, "lnsim_update") else group["weight_decay"]
        if decay and decays_weights(self.optimizer, group):
            fields["decay_factor"] = 1 - float(group["lr"]) * decay
            tensors["w_before"], tensors["w"] = ("w", weights), ("w_decayed", weights * fields["decay_factor"])
        elif decay:
            fields["weight_decay"] = decay
            tensors["gradient"] = (from_product or "gradient", gradient)
            tensors["dw"] = ("dwq", tensors["dw"][1].add(weights, alpha=decay))
        if self.flow is not None:
            self._update_flow(p, name, base, tensors, fields)
        rows = self._update_rows(name, [tensor for _, tensor in tensors.values()])
        keys = {role: self._keep_of_update(base, kind, tensor, rows) for role, (kind, tensor) in tensors.items()}
        return p, name, group, owner, {**fields, **{role: keys[role] for role in sorted(keys, key=ROLES.index)}}, rows, base

    def _update_flow(self, p, name, base, tensors, fields):
        """What the gradient that the rule takes is put together from."""
        flow, taken, value = self.flow, tensors["dw"][0], f"{name}/w"
        key = f"{base}/{taken}"
        arrived, gradient = self.arrived.get(name), tensors.get("gradient", tensors["dw"])[1]
        if arrived is None or value not in flow.elements:
            flow.lines.append({"value": key, "because": "no use of the parameter is followed"})
            return
        if taken == "dw":
            return  # the product's own
        factor = 1.0
        if not self.numerics() and not torch.equal(arrived, gradient):
            square = float((arrived.double() ** 2).sum())
            factor = float((arrived.double() * gradient.double()).sum()) / square if square else 1.0
            error = (arrived.double() * factor - gradient.double()).abs().max()
            if error > 1e-5 * gradient.abs().max():
                flow.lines.append({"value": key, "because": "the gradient was changed between its pass and the step"})
                return
        sign = -1.0 if fields.get("maximize") else 1.0
        flow.gradient(value, key, sign * factor)
        if fields.get("weight_decay") and value not in flow.lost:
            flow.line(key, p.numel(), f"{base}/w", fields["weight_decay"], [p.numel()], [0, 1], [0, 1], p.numel())

    def _update_rows(self, name, tensors):
        """Rows of the parameter that a sample takes; None: all."""
        if self.sampled is None:
            return None
        flat = [tensor.reshape(1, len(tensor) if tensor.dim() else 1, -1) for tensor in tensors]
        return choose(flat[0].shape[1], self.sample, [largest_line(tensor, 1)[1] for tensor in flat],
                      random.Random(f"{self.seed}/{name}/update"))

    def _keep_of_update(self, base, kind, tensor, rows):
        if rows is None:
            return self.trace.keep(f"{base}/{kind}", tensor)
        return self.sampled.keep(f"{base}/update/{kind}", tensor.reshape(len(tensor) if tensor.dim() else 1, -1)[rows])

    def _after_update(self, p, name, group, owner, line, rows=None, base=None):
        shape = list(p.shape)
        if line is None:
            self.trace.line(owner, "update", "update", param=name, shape=shape)
            return
        line["out"] = self._keep_of_update(base, "w_new", p, rows)
        for kind, tensor in describe_update(self.optimizer, p, group, self.count)[1].items():
            line[f"{kind}_new"] = self._keep_of_update(base, f"{kind}_new", tensor, rows)
        if rows is None:
            self.trace.line(owner, "update", "update", param=name, shape=shape, **line)
        else:
            self.trace.line(owner, "update", "update", param=name, shape=shape)
            taken = self.sampled.tensors[line["w"]]["shape"]
            self.sampled.line(owner, "update", "update", param=name, shape=taken, sample_of=shape, **line)


# The check: an oracle on NumPy alone that shares no code with the recorder.

ROUNDING = {"float32": 2.0 ** -24, "float16": 2.0 ** -11, "bfloat16": 2.0 ** -8, "float64": 2.0 ** -53}  # half a unit


def quantise(x, bits, gamma, underflow):
    """LNS: sign 2^((e + k) / gamma), the largest magnitude at the top code."""
    top = 2 ** (bits - 1) - 1
    magnitude = numpy.abs(x)
    if not magnitude.any():
        return magnitude
    k = numpy.round(gamma * numpy.log2(magnitude.max())) - top
    with numpy.errstate(divide="ignore"):
        code = numpy.round(gamma * numpy.log2(magnitude)) - k
    value = numpy.exp2((numpy.clip(code, 0, top) + k) / gamma)
    if underflow == "flush":
        value[code < 0] = 0
    value[magnitude == 0] = 0
    return numpy.sign(x) * value


def stored_codes(w, store):
    return (numpy.round(store["gamma"] * numpy.log2(numpy.abs(w))) - store["k"]).astype(numpy.int64)


def stored_operand(w, store):
    code = numpy.minimum(127, (stored_codes(w, store) + 128) >> 8)
    return numpy.sign(w) * numpy.exp2((code + store["kb"]) / 8)


def taps(dims):
    """For every filter tap the slices of the padded input that it meets, one per output pixel."""
    (down, right), (step_y, step_x) = dims["dilation"], dims["stride"]
    for r in range(dims["R"]):
        for s in range(dims["S"]):
            yield (r, s, slice(r * down, r * down + (dims["P"] - 1) * step_y + 1, step_y),
                   slice(s * right, s * right + (dims["Q"] - 1) * step_x + 1, step_x))


def convolution(line, a, b):
    """Any pass, as one matrix product per filter tap, image and group."""
    dims = line["dims"]
    n, g, c, k = dims["N"], dims["groups"], dims["C"] // dims["groups"], dims["K"] // dims["groups"]
    pixels, (down, right) = dims["P"] * dims["Q"], dims["pad"]
    padded = (n, g, c, dims["H"] + 2 * down, dims["W"] + 2 * right)
    inside = (..., slice(down, down + dims["H"]), slice(right, right + dims["W"]))
    image, direction = numpy.zeros(padded), line["pass"]
    if direction != "bwd_input":
        image[inside] = (a if direction == "fwd" else b).reshape(n, g, c, dims["H"], dims["W"])
    y = None if direction == "fwd" else a.reshape(n, g, k, pixels)
    w = None if direction == "bwd_weight" else b.reshape(g, k, c, dims["R"], dims["S"])
    out = numpy.zeros((n, g, k, pixels) if direction == "fwd" else (g, k, c, dims["R"], dims["S"]))
    for r, s, rows, columns in taps(dims):
        met = image[:, :, :, rows, columns]
        if direction == "fwd":
            out += w[:, :, :, r, s] @ met.reshape(n, g, c, pixels)
        elif direction == "bwd_input":
            met += (w[:, :, :, r, s].swapaxes(1, 2) @ y).reshape(met.shape)
        else:
            out[..., r, s] = (y @ met.reshape(n, g, c, pixels).swapaxes(2, 3)).sum(0)
    if direction == "bwd_input":
        return image[inside].reshape(n, g * c, dims["H"], dims["W"])
    shape = (n, g * k, dims["P"], dims["Q"]) if direction == "fwd" else (g * k, c, dims["R"], dims["S"])
    return out.reshape(shape)


def recompute(line, a, b):
    if line["op"] == "conv2d":
        return convolution(line, a, b)
    a = numpy.swapaxes(a, -1, -2) if line.get("a_trans") else a
    b = numpy.swapaxes(b, -1, -2) if line.get("b_trans") else b
    return a @ b


class Check:
    """Recomputes a trace; every difference is a line of text in `wrong`."""

    def __init__(self, path):
        self.path, self.wrong, self.products, self.updates, self.worst = pathlib.Path(path), [], 0, 0, 0.0
        text = self.path.read_bytes()
        if not text.strip():
            raise ValueError("got an empty file, expected a trace")
        self.header, *self.lines = [self._parse(number, line) for number, line in enumerate(text.splitlines(), 1)]
        if self.header.get("format") not in ("lns-layertrace/0", "lns-layertrace/1"):
            raise ValueError(f"format: got {self.header.get('format')!r}, expected lns-layertrace/0 or /1")
        if not self.header.get("tensors"):
            raise ValueError("got shapes only, expected a trace with operands (of a sampled recording NAME-sample.jsonl)")
        packed = self.path.with_name(self.header["tensors"])
        self._digest("lines_sha256", hashlib.sha256(text.partition(b"\n")[2]).hexdigest(), "the manifest's lines")
        self._digest("npz_sha256", digest(packed), packed.name)
        self.tensors = numpy.load(packed)
        self.manifest = {line["tensor"]: line for line in self.lines if "tensor" in line}
        self.stores = {line["w"]: line["store"] for line in self.lines if "store" in line and "w" in line}

    @staticmethod
    def _parse(number, line):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number}: got text that is not JSON ({error}), expected one object per line") from None
        if not isinstance(value, dict):
            raise ValueError(f"line {number}: got {line[:40].decode(errors='replace')}, expected one object per line")
        return value

    def _digest(self, field, found, what):
        if field in self.header and self.header[field] != found:
            self.wrong.append(f"{what}: got digest {found[:16]}..., expected {self.header[field][:16]}...")

    def run(self):
        for key in sorted(set(self.manifest) ^ set(self.tensors.files)):
            self.wrong.append(f"{key}: got it in the manifest or in {self.header['tensors']}, expected it in both")
        for key, line in self.manifest.items():
            array = self.tensors[key]
            if list(array.shape) != line["shape"] or str(array.dtype) != line["dtype"]:
                self.wrong.append(f"{key}: got {array.dtype}{list(array.shape)}, expected {line['dtype']}{line['shape']}")
        if not self.wrong:
            for line in self.lines:
                if "gemm" in line and "a" in line:
                    self._product(line)
                elif line.get("op") == "update" and "w" in line:
                    self._update(line)
        if not self.products and not self.wrong:
            self.wrong.append("got no product with operands, expected one")
        return self.wrong

    def _read(self, key):
        return self.tensors[key].astype(numpy.float64)

    def _operand(self, key):
        """As the product takes it: rounded to LNS in a recording whose loop did."""
        numerics = self.header.get("numerics")
        if key in self.stores:
            return stored_operand(self._read(key), self.stores[key])
        if not numerics:
            return self._read(key)
        bits, gamma = numerics[{"dy": "E", "w": "W"}.get(key.rpartition("/")[2], "A")]
        return quantise(self._read(key), bits, gamma, numerics["underflow"])

    def _compare(self, what, recorded, expected, bound):
        """Within an elementwise bound on the error, and the least that single precision can tell from zero."""
        error = numpy.abs(recorded - expected)
        excess = (error / (bound + 2.0 ** -126)).max()
        self.worst = max(self.worst, excess)
        if not excess <= 1:
            off = int((~(error <= bound + 2.0 ** -126)).sum())
            self.wrong.append(f"{what}: {off} of {error.size} values are off, the worst by {excess:.3g} times the rounding "
                              "error it may have")

    def _product(self, line):
        """A sum of K products in any order is off by at most (K + 1) roundings of the sum of their magnitudes."""
        a, b = self._operand(line["a"]), self._operand(line["b"])
        recorded, expected = self._read(line["out"]), recompute(line, a, b)
        exact = self.header.get("numerics", {}).get("sums") == "float64"  # and rounded once, to be stored
        roundings = 2 if exact else line["gemm"]["K"] + 2
        unit = ROUNDING[line.get("arithmetic", str(self.tensors[line["out"]].dtype))]
        magnitude = recompute(line, numpy.abs(a), numpy.abs(b)).reshape(expected.shape) + line.get("bias_magnitude", 0.0)
        self._compare(f"{line['layer']}: {line['op']} {line['pass']}", recorded.reshape(expected.shape), expected,
                      roundings * unit * magnitude)
        self.products += 1

    def _update(self, line):
        what, unit = f"{line['param']}: update", ROUNDING[line.get("arithmetic", str(self.tensors[line["w"]].dtype))]
        w, g = self._read(line["w"]), self._read(line["dw"])
        self.updates += 1
        if "gradient" in line:
            raw, decay = self._read(line["gradient"]), line.get("weight_decay", 0.0) * w
            self._compare(f"{what}, gradient with decay", g, (-raw if line.get("maximize") else raw) + decay,
                          4 * unit * (numpy.abs(raw) + numpy.abs(decay)))
        if "w_before" in line:
            expected = line["decay_factor"] * self._read(line["w_before"])
            self._compare(f"{what}, decayed weights", w, expected, 4 * unit * numpy.abs(expected))
        rule = {"sgd": self._sgd, "adam": self._adam, "madam_int": self._madam}.get(line.get("rule"))
        if rule is None:
            self.wrong.append(f"{what}: got rule {line.get('rule')!r}, expected sgd, adam or madam_int")
        else:
            rule(line, what, w, g, 4 * unit)

    def _state(self, line, kind, like):
        return self._read(line[kind]) if kind in line else numpy.zeros_like(like)

    def _sgd(self, line, what, w, g, unit):
        old = line["momentum"] * self._state(line, "m", g)
        m, size = old + g, numpy.abs(old) + numpy.abs(g)
        if "m_new" in line:
            self._compare(f"{what}, momentum", self._read(line["m_new"]), m, unit * size)
        self._compare(what, self._read(line["out"]), w - line["lr"] * m, unit * (numpy.abs(w) + line["lr"] * size))

    def _adam(self, line, what, w, g, unit):
        old_m, old_v = line["momentum"] * self._state(line, "m", g), line["beta"] * self._state(line, "v", g)
        new_m, new_v = (1 - line["momentum"]) * g, (1 - line["beta"]) * g * g
        m, v, size = old_m + new_m, old_v + new_v, numpy.abs(old_m) + numpy.abs(new_m)
        self._compare(f"{what}, first moment", self._read(line["m_new"]), m, unit * size)
        self._compare(f"{what}, second moment", self._read(line["v_new"]), v, unit * v)
        step_size = line["lr"] / (1 - line["momentum"] ** line["step"])
        scale = step_size / (numpy.sqrt(v / (1 - line["beta"] ** line["step"])) + line["epsilon"])
        self._compare(what, self._read(line["out"]), w - scale * m, unit * (numpy.abs(w) + 4 * scale * size))

    def _madam(self, line, what, w, g, unit):
        """A step on integer codes: exact."""
        store, v = line["store"], self._state(line, "v", g)
        beta, bound = store["beta"], store["g_bound"]
        v = beta * v + (1 - beta) * g * g
        if "v_new" in line:
            self._compare(f"{what}, second moment", self._read(line["v_new"]), v, unit * v)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            normalised = numpy.nan_to_num(g / numpy.sqrt(v / (1 - beta ** line["step"])), nan=0.0)
        change = store["gamma"] * line["lr"] * numpy.round(numpy.clip(normalised, -bound, bound)) * numpy.sign(w)
        codes = numpy.clip(stored_codes(w, store) - change, 0, 2 ** (store["B"] - 1) - 1).astype(numpy.int64)
        differing = int((codes != stored_codes(self._read(line["out"]), store)).sum())
        if differing:
            self.wrong.append(f"{what}: {differing} of {codes.size} codes differ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="TRACE", required=True, help="recompute a recorded trace and compare")
    path = parser.parse_args().check
    try:
        check = Check(path)
        wrong = check.run()
    except KeyError as error:
        print(f"{path}: got nothing of the name {error}, expected a field of a line or a tensor", file=sys.stderr)
        return 1
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    for text in wrong:
        print(f"{path}: {text}", file=sys.stderr)
    if not wrong:
        print(f"{check.products} products and {check.updates} updates are as recorded, "
              f"the worst at {check.worst:.2g} of the rounding error it may have")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
