"""Gradients of biases, and of activations by themselves: every form, over zero, the places where they bend, and far out."""
import numpy as np

import epilogue
from cases_activation import BENDS
from gradients import FROM_OUTPUT, activation_case, bias_case
from layouts import INPUT_LAYOUTS
from values import DTYPES, generator

RANKS = (1, 2, 3)
SHAPES = {1: (2, 3, 17), 2: (3, 5, 4, 3), 3: (2, 4, 2, 3, 3)}


def bias_cases():
    for rank in RANKS:
        shape, last = SHAPES[rank], {'inputLayout': INPUT_LAYOUTS[rank][1]}
        yield bias_case(f'bias of conv{rank}d', shape)
        yield bias_case(f'bias of conv{rank}d, channels last', shape, last)
        yield bias_case(f'bias of conv{rank}d, relu', shape, {'activation': 'relu'}, source='output')
        yield bias_case(f'bias of conv{rank}d, silu, channels last, added to another', shape, {**last, 'activation': 'silu'}, accumulate=True)
        yield bias_case(f'bias of conv{rank}d, prelu', shape, {'activation': 'prelu'})
        yield bias_case(f'bias of conv{rank}d, float16', shape, dtype='float16')
    yield bias_case('bias of one channel, added to another', (2, 1, 5, 5), accumulate=True)
    yield bias_case('bias of 67 channels, channels last', (1, 67, 2, 2), {'inputLayout': 'nhwc'})
    yield bias_case('bias of one value each', (1, 9, 1, 1))
    yield bias_case('bias of 1100 values, float16, sigmoid', (1, 1, 1100), {'activation': 'sigmoid'}, source='output', dtype='float16')


def activation_cases():
    def values(name, index, dtype='float32'):
        shape = {1: (2, 3, 13), 2: (1, 3, 5, 7), 3: (2, 2, 2, 4, 3)}[1 + index % 3]
        z = (generator(name, 'input').uniform(-1, 1, shape) * 7).astype(DTYPES[dtype])
        z.reshape(-1)[: len(BENDS)] = BENDS
        return z

    for index, form in enumerate(epilogue.FORMS):
        name = f'{epilogue.label(form)} at its input'
        z = values(name, index)
        if form == 'hardSwish':
            z[z == 3] = 2.75  # PyTorch's vectorised code and its scalar code have other derivatives at 3 itself
        yield activation_case(name, form, z, index % 2 == 1)
    for index, form in enumerate(FROM_OUTPUT):
        name = f'{epilogue.label(form)} at its output'
        z = np.clip(values(name, index), -20, 20)
        if epilogue.name_of(form) == 'softplus':
            z = np.maximum(z, -5)
        yield activation_case(name, form, z, index % 2 == 0, source='output')
    for rank in RANKS:
        for slopes in ('each', 'one'):
            name = f'prelu {rank}-D, {"a slope for each channel" if slopes == "each" else "one slope"}, at its input'
            yield activation_case(name, 'prelu', values(name, rank - 1), slopes == 'each' and rank > 1, slopes=slopes)
    for index, form in enumerate(('relu', 'elu', 'gelu', 'mish', 'prelu')):
        name = f'{form} float16, at its input'
        yield activation_case(name, form, values(name, index, 'float16'), dtype='float16')
    name = 'tanh float16, at its output'
    yield activation_case(name, 'tanh', values(name, 1, 'float16'), source='output', dtype='float16')


def cases():
    yield from bias_cases()
    yield from activation_cases()
