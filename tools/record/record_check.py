"""Recomputes a recorded trace in float64 with NumPy alone: an oracle that shares no code with the recorder."""
import json
import pathlib

import numpy

TOLERANCE = 1e-6  # of a result's largest value: results are stored as float32


def quantise(x, bits, gamma, underflow):
    top = 2 ** (bits - 1) - 1
    magnitude = numpy.abs(x.astype(numpy.float64))
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
    code = numpy.round(store["gamma"] * numpy.log2(numpy.abs(w.astype(numpy.float64)))) - store["k"]
    return code.astype(numpy.int64)


def stored_operand(w, store):
    code = numpy.minimum(127, (stored_codes(w, store) + 128) >> 8)
    return numpy.sign(w) * numpy.exp2((code + store["kb"]) / 8)


def padded(x, pad):
    return numpy.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))


def taps(dims):
    """For every filter tap the slices of the padded input that it meets, one per output pixel."""
    for r in range(dims["R"]):
        for s in range(dims["S"]):
            rows = slice(r * dims["dilation"][0], r * dims["dilation"][0] + (dims["P"] - 1) * dims["stride"][0] + 1,
                         dims["stride"][0])
            columns = slice(s * dims["dilation"][1], s * dims["dilation"][1] + (dims["Q"] - 1) * dims["stride"][1] + 1,
                            dims["stride"][1])
            yield r, s, rows, columns


def convolution(line, a, b):
    dims, pad = line["dims"], line["dims"]["pad"]
    if dims["groups"] != 1:
        raise NotImplementedError("groups")
    shape = (dims["N"], dims["C"], dims["H"] + 2 * pad[0], dims["W"] + 2 * pad[1])
    if line["pass"] == "fwd":
        x, w = padded(a, pad), b
        out = numpy.zeros((dims["N"], dims["K"], dims["P"], dims["Q"]))
        for r, s, rows, columns in taps(dims):
            out += numpy.einsum("ncpq,kc->nkpq", x[:, :, rows, columns], w[:, :, r, s])
        return out
    if line["pass"] == "bwd_input":
        out = numpy.zeros(shape)
        for r, s, rows, columns in taps(dims):
            out[:, :, rows, columns] += numpy.einsum("nkpq,kc->ncpq", a, b[:, :, r, s])
        return out[:, :, pad[0]:pad[0] + dims["H"], pad[1]:pad[1] + dims["W"]]
    x = padded(b, pad)
    out = numpy.zeros((dims["K"], dims["C"], dims["R"], dims["S"]))
    for r, s, rows, columns in taps(dims):
        out[:, :, r, s] = numpy.einsum("nkpq,ncpq->kc", a, x[:, :, rows, columns])
    return out


def product(line, a, b):
    if line["op"] == "conv2d":
        return convolution(line, a, b)
    a = numpy.swapaxes(a, -1, -2) if line.get("a_trans") else a
    b = numpy.swapaxes(b, -1, -2) if line.get("b_trans") else b
    return a @ b


def update(line, tensors):
    """The new codes of a Madam step, as integers."""
    store, step = line["store"], line["step"]
    w, g, v = (tensors[line[key]].astype(numpy.float64) for key in ("w", "dw", "v"))
    beta, bound = store["beta"], store["g_bound"]
    v_hat = (beta * v + (1 - beta) * g * g) / (1 - beta ** step)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        whole = numpy.round(numpy.clip(numpy.nan_to_num(g / numpy.sqrt(v_hat), nan=0.0), -bound, bound))
    change = store["gamma"] * line["lr"] * whole * numpy.sign(w)
    return numpy.clip(stored_codes(w, store) - change, 0, 2 ** (store["B"] - 1) - 1).astype(numpy.int64)


def check(path):
    path = pathlib.Path(path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    header = lines[0]
    tensors = numpy.load(path.parent / header["tensors"])
    numerics = header["numerics"]
    stores = {line["w"]: line["store"] for line in lines if line.get("op") == "update" and "store" in line}
    kinds = {"dy": "E", "w": "W"}

    def operand(key):
        if key in stores:
            return stored_operand(tensors[key], stores[key])
        bits, gamma = numerics[kinds.get(key.rpartition("/")[2], "A")]
        return quantise(tensors[key], bits, gamma, numerics["underflow"])

    worst, products, updates, wrong = 0.0, 0, 0, 0
    for line in lines:
        if "gemm" in line:
            expected = product(line, operand(line["a"]), operand(line["b"]))
            recorded = tensors[line["out"]]
            error = numpy.abs(recorded - expected).max() / max(numpy.abs(expected).max(), 1e-300)
            worst, products = max(worst, error), products + 1
            if error > TOLERANCE:
                print(f"{line['layer']} {line['pass']}: off by {error:.2e} of its largest value")
                wrong += 1
        elif "store" in line:
            codes, found = update(line, tensors), stored_codes(tensors[line["out"]], line["store"])
            updates += 1
            if (codes != found).any():
                print(f"{line['param']} update: {int((codes != found).sum())} of {codes.size} codes differ")
                wrong += 1
    print(f"{products} products, worst error {worst:.1e} of the largest value; {updates} updates; {wrong} wrong")
    return 1 if wrong or not products else 0
