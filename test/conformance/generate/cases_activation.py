"""Activations by themselves: every form, over zero, the places where they bend, and far out."""
import numpy as np
import torch

import epilogue
from layouts import INPUT_LAYOUTS, SPATIAL, to_layout
from values import DTYPES, generator, uniform
from write import Case

# where the pieces of piecewise functions meet, and where exponentials vanish or would overflow in f32
BENDS = [0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 6.0, -6.0, 2.5, -2.5, 0.5, -0.5, 1e-4, -1e-4, 20.0, -20.0, 89.0, -89.0, 104.0, -104.0, 5e3, -5e3]
SHAPES = {1: (2, 3, 13), 2: (1, 3, 5, 7), 3: (2, 2, 3, 4, 3)}


def case(name, activation, rank=2, channels_last=False, slopes=None, dtype='float32'):
    shape = SHAPES[rank]
    x = (generator(name, 'input').uniform(-1, 1, shape) * 7).astype(DTYPES[dtype])
    x.reshape(-1)[: len(BENDS)] = BENDS
    operands = {}
    if slopes is not None:
        operands['slope'] = uniform(name, 'slope', [shape[1] if slopes == 'each' else 1], dtype).astype(np.float32)
    y = epilogue.activate(activation, torch.from_numpy(x.astype(np.float64)), operands.get('slope'))
    plain = 'nc' + SPATIAL[rank]
    layout = INPUT_LAYOUTS[rank][1] if channels_last else plain
    return Case(
        name=name,
        operator='activation',
        options={'activation': activation, **({'inputLayout': layout} if channels_last else {})},
        operands={'input': to_layout(x, plain, layout), **operands},
        expected=to_layout(y.numpy(), plain, layout),
        uncertainty=epilogue.uncertainty(activation),
    )


def cases():
    for index, form in enumerate(['none', *epilogue.FORMS]):
        yield case(epilogue.label(form), form, rank=1 + index % 3, channels_last=index % 2 == 1)
    for rank in (1, 2, 3):
        yield case(f'prelu {rank}-D, a slope for each channel', 'prelu', rank, slopes='each')
        yield case(f'prelu {rank}-D, a slope for each channel, channels last', 'prelu', rank, True, slopes='each')
        yield case(f'prelu {rank}-D, one slope', 'prelu', rank, slopes='one')
    for index, form in enumerate(name for name in epilogue.NAMES if name not in ('none', 'prelu', 'relu6', 'clamp')):
        yield case(f'{form} float16', form, rank=1 + index % 3, dtype='float16')
    yield case('prelu float16', 'prelu', slopes='each', dtype='float16')
