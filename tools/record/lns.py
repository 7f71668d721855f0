"""The number format of the recorded training: quantiser and weight storage, as the simulator defines them.

LNS(B, gamma) keeps a sign and an exponent code e of B - 1 bits: value = sign 2^((e + k) / gamma), with one integer k per
tensor that puts the largest magnitude at the top code. Zero stays zero. A code below 0 is clamped to 0, or flushed to zero.
"""
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Format:
    bits: int = 8
    gamma: int = 8
    underflow: str = "clamp"

    @property
    def top(self):
        return 2 ** (self.bits - 1) - 1


def quantise(x, form):
    """The nearest values in the log domain, scaled per tensor; ties to even codes. Same type as x."""
    magnitude = x.detach().abs().double()
    largest = magnitude.max()
    if largest == 0:
        return torch.zeros_like(x)
    k = torch.round(form.gamma * torch.log2(largest)) - form.top
    code = torch.round(form.gamma * torch.log2(magnitude)) - k
    value = torch.exp2((code.clamp(0, form.top) + k) / form.gamma) * x.sign().double()
    if form.underflow == "flush":
        value = torch.where(code < 0, torch.zeros_like(value), value)
    return torch.where(magnitude == 0, torch.zeros_like(value), value).to(x.dtype)


class Store:
    """Weights kept only as sign and exponent code of 16 bits in all, gamma 2048; 8-bit operand codes come from the upper bits.

    value = sign 2^((e + k) / 2048), k = 256 kb; operand code = min(127, (e + 128) >> 8), value sign 2^((code + kb) / 8).
    kb is fixed by the initial weights: the top code stands for 3 times their root mean square.
    """
    bits, gamma, shift = 16, 2048, 8
    top = 2 ** 15 - 1

    def __init__(self, weights):
        w = weights.detach().double()
        bound = 3 * w.square().mean().sqrt()
        self.kb = int(torch.round(8 * torch.log2(bound))) - 127
        self.k = self.kb << self.shift
        self.sign = w.sign()
        self.code = (torch.round(self.gamma * torch.log2(w.abs().clamp(min=1e-30))) - self.k).clamp(0, self.top).long()

    def values(self):
        return self.sign * torch.exp2((self.code + self.k).double() / self.gamma)

    def operand_values(self):
        code = ((self.code + 2 ** (self.shift - 1)) >> self.shift).clamp(max=127)
        return self.sign * torch.exp2((code + self.kb).double() / 8)
