"""Poolings of every rank: PyTorch's own where it has them, and sums and largest values of unfolded windows for the rest."""
import random

import numpy as np
import torch
import torch.nn.functional as F

from layouts import INPUT_LAYOUTS, SPATIAL, per_axis, to_layout
from padding import conv_sides, entries, pad, rounded_end
from values import generator, uniform
from write import Case

MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
SIZE = {1: (19,), 2: (7, 9), 3: (4, 6, 5)}
RANKS = (1, 2, 3)


def windows(x, taps, strides, dilations):
    """(N, C, spatial) to (N, C, outputs, taps)."""
    rank = len(taps)
    for axis in range(rank):
        x = x.unfold(2 + axis, (taps[axis] - 1) * dilations[axis] + 1, strides[axis])
    taken = x[(..., *[slice(None, None, step) for step in dilations])]
    return taken.flatten(2 + rank)


def geometry(options, size):
    rank = len(size)
    taps = per_axis(options.get('windowDimensions', size), rank)
    strides, dilations = per_axis(options['strides'], rank), per_axis(options.get('dilations', 1), rank)
    sides, overhang = [], []
    for axis, entry in enumerate(entries(options.get('padding', 0), rank)):
        extent = (taps[axis] - 1) * dilations[axis] + 1
        begin, end = conv_sides(entry, size[axis], extent, strides[axis])
        overhang.append(rounded_end(size[axis], (begin, end), extent, strides[axis], options.get('rounding', 'floor')))
        sides.append((begin, end))
    return taps, strides, dilations, sides, overhang


def pooled(kind, x, options):
    """Outputs, and of a max pooling without padding mode the indices in the input's spatial axes."""
    size = list(x.shape[2:])
    rank = len(size)
    taps, strides, dilations, sides, overhang = geometry(options, size)
    reached = [(begin, end + more) for (begin, end), more in zip(sides, overhang)]
    mode = options.get('paddingMode')
    cut = lambda values: windows(values, taps, strides, dilations)
    if mode is not None:
        assert not any(overhang)
        held = cut(pad(x, sides, mode))
        return {'max': held.amax(-1), 'average': held.mean(-1), 'l2': held.square().sum(-1).sqrt()}[kind], None
    inside = cut(pad(torch.ones_like(x), reached))
    counted = options.get('countPadding', False)
    assert counted or (inside.sum(-1) > 0).all() or refuse()
    if kind == 'max':
        below = x.min() - 1
        held = cut(pad(x - below, reached)) + below  # padding is less than all
        held = torch.where(inside > 0, held, torch.full_like(held, -np.inf))
        # exact values, by place: the first of equals
        places = torch.arange(int(np.prod(size)), dtype=torch.float64).reshape(1, 1, *size).expand_as(x)
        which = torch.from_numpy(held.numpy().argmax(-1)).unsqueeze(-1)
        indices = cut(pad(places, reached)).gather(-1, which).squeeze(-1).long()
        values = x.flatten(2).gather(2, indices.flatten(2)).reshape(indices.shape)
        check_max(x, values, indices, options)
        return values, indices
    if kind == 'l2':
        return cut(pad(x, reached)).square().sum(-1).sqrt(), None
    # of a window that reaches past the padding ('ceil'), PyTorch counts only what lies in the padding
    whole = pad(torch.ones_like(pad(x, sides)), [(0, more) for more in overhang])
    count = (cut(whole) if counted else inside).sum(-1)
    y = cut(pad(x, reached)).sum(-1) / count
    check_average(x, y, options)
    return y, None


def refuse():
    raise ValueError('a window of nothing but padding')


def own_padding(options, size):
    """Padding as PyTorch's poolings take it, or None where they have none such."""
    taps, strides, dilations, sides, _ = geometry(options, size)
    if any(begin != end or begin < 0 or 2 * begin > tap for (begin, end), tap in zip(sides, taps)):
        return None
    return [begin for begin, _ in sides]


def check_max(x, values, indices, options):
    taps, strides, dilations, _, _ = geometry(options, list(x.shape[2:]))
    padding = own_padding(options, list(x.shape[2:]))
    if padding is None:
        return
    ceil = options.get('rounding') == 'ceil'
    own, own_indices = MAX[x.dim() - 2](x, taps, strides, padding, dilations, ceil, return_indices=True)
    assert torch.equal(own, values) and torch.equal(own_indices, indices)
    checked['max'] += 1


def check_average(x, y, options):
    taps, strides, dilations, _, _ = geometry(options, list(x.shape[2:]))
    padding = own_padding(options, list(x.shape[2:]))
    if padding is None or set(dilations) != {1}:
        return
    ceil = options.get('rounding') == 'ceil'
    own = AVERAGE[x.dim() - 2](x, taps, strides, padding, ceil, options.get('countPadding', False))
    assert own.shape == y.shape and torch.allclose(own, y, rtol=0, atol=1e-14 * float(x.abs().max()))
    checked['average'] += 1


checked = {'max': 0, 'average': 0}  # cases that PyTorch's own pooling agrees with


def case(kind, name, size, options, channels=3, batch=1, dtype='float32', magnitude=1.0, ties=False):
    options = {'strides': options.get('windowDimensions', 1), **options}  # always written out
    rank = len(size)
    x = uniform(name, 'input', (batch, channels, *size), dtype, magnitude)
    if ties:
        x = generator(name, 'input').integers(-2, 2, x.shape).astype(x.dtype)
    y, indices = pooled(kind, torch.from_numpy(x.astype(np.float64)), options)
    plain = 'nc' + SPATIAL[rank]
    layout = options.get('inputLayout', plain)
    return Case(
        name=name,
        operator=f'{kind}Pool{rank}d',
        options=options,
        operands={'input': to_layout(x, plain, layout)},
        expected=to_layout(y.numpy(), plain, layout),
        indices=None if indices is None else to_layout(indices.numpy(), plain, layout),
    )


def option_rows(rank):
    last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
    window = [3, 2, 3][:rank]
    yield 'plain', {'windowDimensions': 2}
    yield 'channels last', {'windowDimensions': window, **last}
    yield 'strides per axis', {'windowDimensions': window, 'strides': [1, 3, 2][:rank]}
    yield 'strides above the window', {'windowDimensions': 2, 'strides': 3, **last}
    yield 'dilated', {'windowDimensions': 2, 'dilations': [3, 2, 1][:rank], 'strides': 1}
    yield 'dilated, strided, padded', {'windowDimensions': [3, 2, 2][:rank], 'dilations': 2, 'strides': 2, 'padding': 1, **last}
    yield 'padded', {'windowDimensions': 3, 'strides': 2, 'padding': 1}
    yield 'padded at one end', {'windowDimensions': 3, 'strides': 1, 'padding': [[0, 2], [1, 0], [2, 1]][:rank], **last}
    yield 'cropped', {'windowDimensions': 2, 'strides': 1, 'padding': [[-1, 0], [1, -2], [0, -1]][:rank]}
    yield 'same', {'windowDimensions': [3, 4, 2][:rank], 'strides': [2, 1, 3][:rank], 'padding': 'same'}
    yield 'same-lower', {'windowDimensions': 4, 'strides': 2, 'padding': 'same-lower', **last}
    yield 'full', {'windowDimensions': [2, 3, 2][:rank], 'strides': 1, 'padding': 'full'}
    yield 'causal', {'windowDimensions': window, 'strides': 1, 'padding': 'causal', **last}
    yield 'ceil', {'windowDimensions': 2, 'strides': [4, 3, 2][:rank], 'rounding': 'ceil'}
    yield 'ceil, padded', {'windowDimensions': 3, 'strides': 2, 'padding': 1, 'rounding': 'ceil', **last}
    yield 'global', {}
    yield 'global, channels last', {**last}
    yield 'replicate padding', {'windowDimensions': 3, 'strides': 2, 'padding': 'same', 'paddingMode': 'replicate'}
    pairs = [[1, 3], [0, 2], [2, 0]][:rank]
    yield 'circular padding', {'windowDimensions': 3, 'strides': 1, 'padding': pairs, 'paddingMode': 'circular', **last}


def option_cases():
    for number, kind in enumerate(('max', 'average', 'l2')):
        for rank in RANKS:
            for index, (label, options) in enumerate(option_rows(rank)):
                if (rank != 2 or kind == 'l2') and (index + rank + number) % 2:  # the whole list for images, half of it for others
                    continue
                yield case(kind, f'{kind}Pool{rank}d {label}', SIZE[rank], options, channels=2 + index % 3, batch=1 + index % 2)
    for mode, kind in (('reflect', 'max'), ('symmetric', 'average'), (-0.25, 'l2'), ('zeros', 'max'), (0.5, 'average')):
        yield case(kind, f'{kind}Pool2d padding of {mode}', SIZE[2],
                   {'windowDimensions': [3, 2], 'strides': 2, 'padding': [[1, 2], [2, 0]], 'paddingMode': mode})  # fmt: skip


def average_cases():
    for rank in RANKS:
        last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
        rows = [
            ('padding', {'windowDimensions': 3, 'strides': 2, 'padding': 1}),
            ('padding at one end', {'windowDimensions': 2, 'strides': 1, 'padding': [[2, 0], [0, 3], [1, 0]][:rank], **last}),
            ('"full"', {'windowDimensions': [3, 2, 2][:rank], 'strides': 1, 'padding': 'full'}),
            ('padding, dilated', {'windowDimensions': 2, 'strides': 1, 'dilations': 2, 'padding': 1, **last}),
            ('padding, ceil', {'windowDimensions': 3, 'strides': [3, 4, 3][:rank], 'padding': 1, 'rounding': 'ceil'}),
        ]
        for label, options in rows:
            yield case('average', f'averagePool{rank}d counts {label}', SIZE[rank], {**options, 'countPadding': True})


def value_cases():
    for kind in ('max', 'average', 'l2'):
        for rank in RANKS:
            layout = {'inputLayout': INPUT_LAYOUTS[rank][rank % 2]}
            yield case(kind, f'{kind}Pool{rank}d float16', SIZE[rank], {'windowDimensions': 3, 'strides': 2, 'padding': 1, **layout},
                       channels=5, dtype='float16')  # fmt: skip
        yield case(kind, f'{kind}Pool1d float16, a row of 2100', (2100,), {'windowDimensions': 4, 'strides': 4}, channels=1,
                   dtype='float16')  # fmt: skip
        yield case(kind, f'{kind}Pool2d float16, global over 2303', (47, 49), {}, channels=1, dtype='float16')
        yield case(kind, f'{kind}Pool2d inputs of 1e6', SIZE[2], {'windowDimensions': 3, 'strides': 1}, magnitude=1e6)
        yield case(kind, f'{kind}Pool2d 1 of everything', (1, 1), {'windowDimensions': 1}, channels=1)
        yield case(kind, f'{kind}Pool2d 67 channels', (3, 4), {'windowDimensions': 2, 'strides': 1}, channels=67)
    yield case('l2', 'l2Pool2d float16 beyond 65504', SIZE[2], {'windowDimensions': 3, 'strides': 2}, dtype='float16', magnitude=60000.0)
    for rank in RANKS:
        yield case('max', f'maxPool{rank}d of equals: the first', SIZE[rank], {'windowDimensions': 3, 'strides': 2, 'padding': 1},
                   ties=True, batch=2)  # fmt: skip
        yield case('max', f'maxPool{rank}d of equals, channels last', SIZE[rank],
                   {'windowDimensions': 2, 'strides': 1, 'dilations': 2, 'inputLayout': INPUT_LAYOUTS[rank][1]}, ties=True)  # fmt: skip


def mixed_cases(count=3):
    for kind in ('max', 'average', 'l2'):
        for rank in RANKS:
            for index in range(count):
                draw = random.Random(f'{kind} {rank} {index}')
                while True:
                    try:
                        yield mixed_case(kind, rank, f'{kind}Pool{rank}d mixed {index + 1}', draw)
                        break
                    except ValueError:
                        continue


def mixed_case(kind, rank, name, draw):
    each = lambda least, most: [draw.randint(least, most) for _ in range(rank)]
    side = lambda: draw.choice(['same', 'same-lower', 'causal', 'valid', 1, [draw.randint(0, 3), draw.randint(0, 3)]])
    options = {
        'windowDimensions': each(1, 4),
        'strides': each(1, 3),
        'dilations': each(1, 2),
        'padding': [side() for _ in range(rank)],
        'rounding': draw.choice(['floor', 'ceil']),
        'inputLayout': draw.choice(INPUT_LAYOUTS[rank]),
    }
    if kind == 'average' and draw.random() < 0.5:
        options['countPadding'] = True
    return case(kind, name, each(3, {1: 30, 2: 10, 3: 6}[rank]), options, channels=draw.randint(1, 5), batch=draw.randint(1, 2),
                dtype=draw.choice(['float32', 'float32', 'float16']))  # fmt: skip


def cases():
    for make in (option_cases, average_cases, value_cases, mixed_cases):
        yield from make()
    assert min(checked.values()) >= 25, checked
