"""Gradients of poolings of every rank, by autograd through the poolings of cases_pool.py; of maxima by PyTorch's own where it has them."""
import numpy as np
import torch

from cases_pool import MAX, RANKS, geometry, own_padding, pooled
from layouts import INPUT_LAYOUTS, SPATIAL, to_layout
from values import generator, uniform
from write import Case

SIZE = {1: (13,), 2: (5, 7), 3: (4, 3, 4)}


def max_gradient(x, dy, options):
    """Every gradient goes to the place of its largest value. Returns these places, too."""
    size = list(x.shape[2:])
    _, indices = pooled('max', x.detach(), options)
    values = x.flatten(2).gather(2, indices.flatten(2)).reshape(indices.shape)
    (result,) = torch.autograd.grad(values, x, dy)
    padding = own_padding(options, size)
    if padding is not None:
        taps, strides, dilations, _, _ = geometry(options, size)
        own = MAX[len(size)](x, taps, strides, padding, dilations, options.get('rounding') == 'ceil')
        assert torch.equal(torch.autograd.grad(own, x, dy)[0], result)
    return result, indices


def case(kind, name, size, options, channels=2, batch=1, dtype='float32', ties=False):
    options = {'strides': options.get('windowDimensions', 1), **options}  # always written out
    plain = 'nc' + SPATIAL[len(size)]
    layout = options.get('inputLayout', plain)
    values = uniform(name, 'input', (batch, channels, *size), dtype)
    if ties:
        values = generator(name, 'input').integers(-2, 2, values.shape).astype(values.dtype)
    x = torch.from_numpy(values.astype(np.float64)).requires_grad_()
    y, _ = pooled(kind, x.detach(), options)
    gradient = uniform(name, 'gradient', tuple(y.shape), dtype)
    dy = torch.from_numpy(gradient.astype(np.float64))
    if kind == 'max':
        result, indices = max_gradient(x, dy, options)
    else:
        (result,), indices = torch.autograd.grad(pooled(kind, x, options)[0], x, dy), None
    laid = to_layout(values, plain, layout)
    # of a maximum the input says whose places those are
    operands = {'gradient': to_layout(gradient, plain, layout), **({} if kind == 'average' else {'input': laid})}
    return Case(
        name=name,
        operator=f'{kind}PoolBackward',
        options={**options, **({} if kind == 'l2' else {'inputShape': list(laid.shape)})},
        operands=operands,
        expected=to_layout(result.numpy(), plain, layout),
        places=None if indices is None else to_layout(indices.numpy(), plain, layout),
    )


def option_rows(rank):
    last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
    window = [3, 2, 3][:rank]
    yield 'plain', {'windowDimensions': 2}
    yield 'channels last, strides per axis', {'windowDimensions': window, 'strides': [1, 3, 2][:rank], **last}
    yield 'strides above the window', {'windowDimensions': 2, 'strides': 3}
    yield 'dilated', {'windowDimensions': 2, 'dilations': [3, 2, 1][:rank], 'strides': 1, **last}
    yield 'padded, overlapping', {'windowDimensions': 3, 'strides': 2, 'padding': 1}
    yield 'padded at one end, channels last', {'windowDimensions': 3, 'strides': 1, 'padding': [[0, 2], [1, 0], [2, 1]][:rank], **last}
    yield 'cropped', {'windowDimensions': 2, 'strides': 1, 'padding': [[-1, 0], [1, -2], [0, -1]][:rank]}
    yield 'same', {'windowDimensions': [3, 4, 2][:rank], 'strides': [2, 1, 3][:rank], 'padding': 'same', **last}
    yield 'full', {'windowDimensions': [2, 3, 2][:rank], 'strides': 1, 'padding': 'full'}
    yield 'ceil, padded', {'windowDimensions': 3, 'strides': 2, 'padding': 1, 'rounding': 'ceil', **last}
    yield 'global', {}


def cases():
    for number, kind in enumerate(('max', 'average', 'l2')):
        for rank in RANKS:
            for index, (label, options) in enumerate(option_rows(rank)):
                if rank != 2 and (index + rank + number) % 2:  # the whole list for images, half of it for others
                    continue
                yield case(kind, f'{kind}Pool{rank}d {label}, gradient', SIZE[rank], options, channels=2 + index % 2, batch=1 + index % 2)
            yield case(kind, f'{kind}Pool{rank}d float16, gradient', SIZE[rank], {'windowDimensions': 3, 'strides': 2, 'padding': 1},
                       dtype='float16')  # fmt: skip
    for rank in RANKS:
        for label, options in (
            ('padding', {'windowDimensions': 3, 'strides': 2, 'padding': 1}),
            ('padding, ceil', {'windowDimensions': 3, 'strides': [3, 4, 3][:rank], 'padding': 1, 'rounding': 'ceil'}),
            ('"full", channels last', {'windowDimensions': 2, 'strides': 1, 'padding': 'full', 'inputLayout': INPUT_LAYOUTS[rank][1]}),
        ):
            yield case('average', f'averagePool{rank}d counts {label}, gradient', SIZE[rank], {**options, 'countPadding': True})
        yield case('max', f'maxPool{rank}d of equals: the first, gradient', SIZE[rank], {'windowDimensions': 3, 'strides': 2, 'padding': 1},
                   ties=True, batch=2)  # fmt: skip
