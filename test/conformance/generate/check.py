"""Reads the fixtures back and recomputes every case from its formula with numpy and math alone, a tap at a time.

    python3 test/conformance/generate/check.py

PyTorch and SciPy say what is right; this only says that a stored case is what its options say, in the layout that they name.
"""
import itertools
import json
import math
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[1]
STORED = {'float32': '<f4', 'float16': '<f2', 'float64': '<f8', 'uint32': '<u4'}
SPATIAL = {1: 'w', 2: 'hw', 3: 'dhw'}


def load(data, place):
    count = math.prod(place['shape'])
    return np.frombuffer(data, STORED[place['dtype']], count, place['offset']).reshape(place['shape']).astype(np.float64)


def listed(value, rank):
    return value if isinstance(value, list) else [value] * rank


def source(index, size, mode):
    """Index of the input that a coordinate holds, or None."""
    if 0 <= index < size:
        return index
    if mode == 'replicate':
        return min(max(index, 0), size - 1)
    if mode == 'circular':
        return index % size
    if mode == 'reflect':
        return -index if index < 0 else 2 * size - 2 - index
    if mode == 'symmetric':
        while not 0 <= index < size:
            index = -1 - index if index < 0 else 2 * size - 1 - index
        return index
    return None


def conv_begin(entry, n, e, s):
    total = max(0, (math.ceil(n / s) - 1) * s + e - n)
    rules = {'valid': 0, 'full': e - 1, 'causal': e - 1, 'same': total // 2, 'same-lower': (total + 1) // 2}
    return rules[entry] if isinstance(entry, str) else listed(entry, 2)[0]


def transposed_begin(entry, e, s):
    total = max(0, e - s)
    rules = {'valid': 0, 'full': e - 1, 'causal': 0, 'same': total // 2, 'same-lower': (total + 1) // 2}
    return rules[entry] if isinstance(entry, str) else listed(entry, 2)[0]


def f32(value):
    return float(np.float32(value))


def activate(activation, x, slope):
    given = {'name': activation} if isinstance(activation, str) else activation
    name = given['name']
    alpha = f32(given.get('alpha', {'leakyRelu': 0.01, 'elu': 1, 'hardSigmoid': 0.2}.get(name, 0)))
    small = min(x, 700.0)  # of exponentials that would overflow
    sigmoid = 1 / (1 + math.exp(-x)) if x > -700 else 0.0
    softplus = math.log1p(math.exp(small)) + (x - small)
    functions = {
        'none': lambda: x,
        'relu': lambda: max(x, 0),
        'relu6': lambda: min(max(x, 0), 6),
        'leakyRelu': lambda: alpha * x if x < 0 else x,
        'elu': lambda: alpha * math.expm1(x) if x < 0 else x,
        'prelu': lambda: slope * x if x < 0 else x,
        'sigmoid': lambda: sigmoid,
        'hardSigmoid': lambda: min(max(alpha * x + f32(given.get('beta', 0.5)), 0), 1),
        'tanh': lambda: math.tanh(x),
        'gelu': lambda: x * 0.5 * math.erfc(-x / math.sqrt(2)),
        'geluTanh': lambda: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        'silu': lambda: x * sigmoid,
        'hardSwish': lambda: x * min(max(x + 3, 0), 6) / 6,
        'mish': lambda: x * math.tanh(softplus),
        'softplus': lambda: softplus,
        'clamp': lambda: min(max(x, f32(given.get('min', -math.inf))), f32(given.get('max', math.inf))),
    }
    return functions[name]()


def ordered(array, given, wanted):
    return np.transpose(array, [given.index(letter) for letter in wanted])


def finish(y, operands, options, plain, layout):
    channels = y.shape[1]
    column = lambda name, default: operands.get(name, np.full(channels, default)).reshape(1, -1, *[1] * (y.ndim - 2))
    y = (y + column('bias', 0.0)) * column('scale', 1.0) + column('shift', 0.0)
    if 'residual' in operands:
        y = y + ordered(operands['residual'], layout, plain)
    slopes = np.broadcast_to(column('slope', 0.0), y.shape)
    activation = options.get('activation', 'none')
    out = [activate(activation, float(x), float(slope)) for x, slope in zip(y.reshape(-1), slopes.reshape(-1))]
    return np.array(out).reshape(y.shape)


def meeting(transposed, o, n, r, axis):
    """Input index that output `o` meets at tap `r` of an axis, or None for a constant."""
    entry, s, d, taps, mode = axis
    e = (taps - 1) * d + 1
    if not transposed:
        return source(o * s + r * d - conv_begin(entry, n, e, s), n, mode)
    at = o + transposed_begin(entry, e, s) - r * d
    return at // s if at % s == 0 and 0 <= at // s < n else None


def convolution(case, operands, shape):
    options = case['options']
    transposed = case['operator'].startswith('convTranspose')
    rank = len(shape) - 2
    letters = SPATIAL[rank]
    plain = 'nc' + letters
    layout = options.get('inputLayout', plain)
    x = ordered(operands['input'], layout, plain)
    w = ordered(operands['filter'], options.get('filterLayout', ('io' if transposed else 'oi') + letters), 'oi' + letters)
    groups, flip, mode = options.get('groups', 1), options.get('flipFilter', False), options.get('paddingMode', 'zeros')
    size, taps = x.shape[2:], w.shape[2:]
    sizes = dict(zip(layout, shape))
    axes = [
        (entry, s, d, t, mode)
        for entry, s, d, t in zip(
            listed(options.get('padding', 0), rank),
            listed(options.get('strides', 1), rank),
            listed(options.get('dilations', 1), rank),
            taps,
        )
    ]
    outside = 0.0 if isinstance(mode, str) else f32(mode)
    c, k = x.shape[1] // groups, sizes['c'] // groups
    y = np.zeros([sizes[letter] for letter in plain])
    for place in itertools.product(*(range(sizes[letter]) for letter in letters)):
        for tap in itertools.product(*map(range, taps)):
            at = [meeting(transposed, o, n, r, axis) for o, n, r, axis in zip(place, size, tap, axes)]
            if None in at and (transposed or outside == 0):
                continue
            value = np.full(x.shape[:2], outside) if None in at else x[(slice(None), slice(None), *at)]
            weight = w[(slice(None), slice(None), *(t - 1 - r if flip else r for t, r in zip(taps, tap)))]
            for g in range(groups):
                part = weight[:, g * c : (g + 1) * c] if transposed else weight[g * k : (g + 1) * k]
                y[(slice(None), slice(g * k, (g + 1) * k), *place)] += value[:, g * c : (g + 1) * c] @ part.T
    return ordered(finish(y, operands, options, plain, layout), plain, layout), None


def pooling(case, operands, shape):
    options = case['options']
    kind = case['operator'][:-6]
    rank = len(shape) - 2
    plain = 'nc' + SPATIAL[rank]
    layout = options.get('inputLayout', plain)
    x = ordered(operands['input'], layout, plain)
    size, mode = x.shape[2:], options.get('paddingMode')
    taps = listed(options.get('windowDimensions', list(size)), rank)
    strides, dilations = listed(options['strides'], rank), listed(options.get('dilations', 1), rank)
    paddings = listed(options.get('padding', 0), rank)
    sizes = dict(zip(layout, shape))
    y = np.zeros([sizes[letter] for letter in plain])
    indices = np.zeros(y.shape)
    for place in itertools.product(*map(range, y.shape[2:])):
        held, where, count = [], [], 0
        for tap in itertools.product(*map(range, taps)):
            at, counted = [], True
            for o, r, n, t, s, d, entry in zip(place, tap, size, taps, strides, dilations, paddings):
                e = (t - 1) * d + 1
                begin = conv_begin(entry, n, e, s)
                same = max(0, (math.ceil(n / s) - 1) * s + e - n)
                ends = {'same': same - same // 2, 'same-lower': same // 2, 'full': e - 1, 'valid': 0, 'causal': 0}
                end = ends[entry] if isinstance(entry, str) else listed(entry, 2)[1]
                counted &= o * s + r * d - begin < n + end
                at.append(source(o * s + r * d - begin, n, mode))
            count += counted
            if None not in at:
                held.append(x[(slice(None), slice(None), *at)])
                where.append(int(np.ravel_multi_index(at, size)))
            elif mode is not None:
                held.append(np.full(x.shape[:2], 0.0 if isinstance(mode, str) else f32(mode)))
        held = np.array(held).reshape(-1, *x.shape[:2])
        spot = (slice(None), slice(None), *place)
        if kind == 'max':
            y[spot] = held.max(0)
            if mode is None:
                indices[spot] = np.array(where)[held.argmax(0)]
        elif kind == 'average':
            y[spot] = held.sum(0) / (count if options.get('countPadding') else len(held))
        else:
            y[spot] = np.sqrt((held**2).sum(0))
    return ordered(y, plain, layout), ordered(indices, plain, layout)


def correlation(case, operands, shape):
    """All overlaps of both operands; 'same' is the middle as large as a, 'valid' the part without boundary."""
    options, a, b = case['options'], operands['a'], operands['b']
    mode, boundary = options.get('mode', 'full'), options.get('boundary', 'fill')
    correlate = case['operator'] == 'correlate'
    swapped = mode == 'valid' and any(m < n for m, n in zip(a.shape, b.shape))
    if swapped:
        a, b = b, a
    flip = tuple(slice(None, None, -1) for _ in b.shape)
    kernel = b if correlate else b[flip]
    rule = {'fill': 'constant', 'wrap': 'circular', 'symm': 'symmetric'}[boundary]
    first = {
        'full': [1 - n for n in b.shape],
        'same': [(n - 1) // 2 + 1 - n for n in b.shape],
        'valid': [0 for _ in b.shape],
    }[mode]
    if correlate and mode == 'same' and len(a.shape) == 2:
        # correlate2d centres its window with the odd element on the other side
        first = [-((n - 1) // 2) for n in b.shape]
    y = np.zeros(shape)
    for place in itertools.product(*map(range, shape)):
        for tap in itertools.product(*map(range, b.shape)):
            at = [source(o + f + r, n, rule) for o, f, r, n in zip(place, first, tap, a.shape)]
            y[place] += kernel[tap] * (f32(options.get('fillValue', 0)) if None in at else a[tuple(at)])
    return (y[flip] if swapped and correlate else y), None


def activation(case, operands, shape):
    options = case['options']
    plain = 'nc' + SPATIAL[len(shape) - 2]
    layout = options.get('inputLayout', plain)
    y = ordered(operands['input'], layout, plain)
    slope = {'slope': operands['slope'] * np.ones(y.shape[1])} if 'slope' in operands else {}
    return ordered(finish(y, slope, options, plain, layout), plain, layout), None


def main():
    wrong = total = 0
    for family in ('conv', 'transposed', 'pool', 'signal', 'activation'):
        data = (FOLDER / f'{family}.bin').read_bytes()
        for case in json.loads((FOLDER / f'{family}.json').read_text(encoding='utf-8'))['cases']:
            operands = {name: load(data, place) for name, place in case['operands'].items()}
            expected = load(data, case['expected'])
            operator = case['operator']
            compute = (
                convolution if 'conv' in operator and operator != 'convolve'
                else pooling if 'Pool' in operator
                else activation if operator == 'activation'
                else correlation
            )  # fmt: skip
            y, indices = compute(case, operands, expected.shape)
            tolerance = 1e-11 * float(np.abs(expected).max()) + case.get('uncertainty', 0)
            error = float(np.abs(y - expected).max())
            total += 1
            if not error <= tolerance or 'indices' in case and not (indices == load(data, case['indices'])).all():
                wrong += 1
                print(f'{family}: {case["name"]}: {error} is above {tolerance}, or the indices differ')
    print(f'{total} cases read back, {wrong} wrong')
    return wrong > 0


if __name__ == '__main__':
    sys.exit(main())
