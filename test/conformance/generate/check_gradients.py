"""Reads the fixtures of gradients back and recomputes every case a product at a time, with derivatives written out.

    python3 test/conformance/generate/check_gradients.py

As check.py, from which it takes the forward geometry: PyTorch says what is right; this only says that a stored case is what its options say.
"""
import itertools
import json
import math
import sys

sys.dont_write_bytecode = True

import numpy as np

from check import FOLDER, SPATIAL, conv_begin, f32, listed, load, meeting, ordered, source

ALPHA = {'leakyRelu': 0.01, 'elu': 1, 'hardSigmoid': 0.2}


def parameters(activation):
    given = {'name': activation} if isinstance(activation, str) else activation
    name = given['name']
    return name, f32(given.get('alpha', ALPHA.get(name, 0))), f32(given.get('beta', 0.5)), given


def between(value, low, high):
    return 1.0 if low < value < high else 0.0


def at_input(activation, z, slope):
    name, alpha, beta, given = parameters(activation)
    s = 1 / (1 + math.exp(-z)) if z > -700 else 0.0
    softplus = max(z, 0) + math.log1p(math.exp(-abs(z)))
    v = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    return {
        'relu': lambda: 1.0 if z > 0 else 0.0,
        'relu6': lambda: between(z, 0, 6),
        'leakyRelu': lambda: 1.0 if z > 0 else alpha,
        'elu': lambda: 1.0 if z > 0 else alpha * math.exp(z),
        'prelu': lambda: 1.0 if z > 0 else slope,
        'sigmoid': lambda: s * (1 - s),
        'hardSigmoid': lambda: alpha * between(alpha * z + beta, 0, 1),
        'tanh': lambda: 1 - math.tanh(z) ** 2,
        'gelu': lambda: math.erfc(-z / math.sqrt(2)) / 2 + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        'geluTanh': lambda: (1 + math.tanh(v)) / 2 + z / 2 * (1 - math.tanh(v) ** 2) * math.sqrt(2 / math.pi) * (1 + 0.134145 * z * z),
        'silu': lambda: s + z * s * (1 - s),
        'hardSwish': lambda: 0.0 if z < -3 else z / 3 + 0.5 if z <= 3 else 1.0,
        'mish': lambda: math.tanh(softplus) + z * s * (1 - math.tanh(softplus) ** 2),
        'softplus': lambda: s,
        'clamp': lambda: between(z, f32(given.get('min', -math.inf)), f32(given.get('max', math.inf))),
    }[name]()


def at_output(activation, y):
    name, alpha, _, given = parameters(activation)
    return {
        'relu': lambda: 1.0 if y > 0 else 0.0,
        'relu6': lambda: between(y, 0, 6),
        'leakyRelu': lambda: 1.0 if y > 0 else alpha,
        'elu': lambda: 1.0 if y > 0 else y + alpha,
        'sigmoid': lambda: y * (1 - y),
        'hardSigmoid': lambda: alpha * between(y, 0, 1),
        'tanh': lambda: 1 - y * y,
        'softplus': lambda: -math.expm1(-y),
        'clamp': lambda: between(y, f32(given.get('min', -math.inf)), f32(given.get('max', math.inf))),
    }[name]()


def before_activation(options, operands, plain, layout):
    """The gradient channels first, times the derivative."""
    dy = ordered(operands['gradient'], layout, plain)
    activation = options.get('activation', 'none')
    if activation == 'none':
        return dy
    values = ordered(next(operands[name] for name in ('output', 'preActivation', 'input') if name in operands), layout, plain)
    slopes = np.broadcast_to(operands.get('slope', np.zeros(1)).reshape(1, -1, *[1] * (dy.ndim - 2)), dy.shape)
    pairs = zip(values.reshape(-1).tolist(), slopes.reshape(-1).tolist())
    derivative = [at_output(activation, z) if 'output' in operands else at_input(activation, z, slope) for z, slope in pairs]
    return dy * np.array(derivative).reshape(dy.shape)


def conv_gradient(case, operands):
    options, of_input = case['options'], case['operator'] == 'convBackwardInput'
    rank = operands['gradient'].ndim - 2
    letters = SPATIAL[rank]
    plain, transposed = 'nc' + letters, options.get('operator') == 'convTranspose'
    layout = options.get('inputLayout', plain)
    filter_layout = options.get('filterLayout', ('io' if transposed else 'oi') + letters)
    # without activation operands of its own: `input` is that of the convolution here
    dz = before_activation(options, {name: array for name, array in operands.items() if name != 'input'}, plain, layout)
    x = np.zeros(options['inputShape']) if of_input else operands['input']
    w = operands['filter'] if of_input else np.zeros(options['filterShape'])
    x, w = ordered(x, layout, plain).copy(), ordered(w, filter_layout, 'oi' + letters).copy()
    groups, flip, mode = options.get('groups', 1), options.get('flipFilter', False), options.get('paddingMode', 'zeros')
    size, taps = x.shape[2:], w.shape[2:]
    outside = 0.0 if isinstance(mode, str) else f32(mode)
    steps = [listed(options.get(name, default), rank) for name, default in (('padding', 0), ('strides', 1), ('dilations', 1))]
    axes = [(*step, t, mode) for *step, t in zip(*steps, taps)]
    c, k = x.shape[1] // groups, dz.shape[1] // groups
    every = (slice(None), slice(None))
    for place in itertools.product(*map(range, dz.shape[2:])):
        for tap in itertools.product(*map(range, taps)):
            at = [meeting(transposed, o, n, r, axis) for o, n, r, axis in zip(place, size, tap, axes)]
            if None in at and (transposed or of_input or outside == 0):
                continue
            weight = w[(*every, *(t - 1 - r if flip else r for t, r in zip(taps, tap)))]
            for g in range(groups):
                part = weight[:, g * c : (g + 1) * c] if transposed else weight[g * k : (g + 1) * k]
                gradient = dz[(slice(None), slice(g * k, (g + 1) * k), *place)]
                if of_input:
                    x[(slice(None), slice(g * c, (g + 1) * c), *at)] += gradient @ part
                else:
                    values = np.full((x.shape[0], c), outside) if None in at else x[(slice(None), slice(g * c, (g + 1) * c), *at)]
                    part += gradient.T @ values
    return ordered(x, plain, layout) if of_input else ordered(w, 'oi' + letters, filter_layout)


def pool_gradient(case, operands, shape):
    options, kind = case['options'], case['operator'][: -len('PoolBackward')]
    rank = len(shape) - 2
    plain = 'nc' + SPATIAL[rank]
    layout = options.get('inputLayout', plain)
    dy = ordered(operands['gradient'], layout, plain)
    dx = np.zeros([dict(zip(layout, shape))[letter] for letter in plain])
    size = dx.shape[2:]
    if kind == 'max':
        places = ordered(operands['places'], layout, plain).reshape(*dy.shape[:2], -1).astype(int)
        for n, channel in itertools.product(*map(range, dy.shape[:2])):
            np.add.at(dx[n, channel].reshape(-1), places[n, channel], dy[n, channel].reshape(-1))
        return ordered(dx, plain, layout)
    x = ordered(operands['input'], layout, plain) if kind == 'l2' else None
    taps = listed(options.get('windowDimensions', list(size)), rank)
    rows = list(zip(size, taps, listed(options['strides'], rank), listed(options.get('dilations', 1), rank), listed(options.get('padding', 0), rank)))
    for place in itertools.product(*map(range, dy.shape[2:])):
        held, count = [], 0
        for tap in itertools.product(*map(range, taps)):
            at, counted = [], True
            for o, r, (n, t, s, d, entry) in zip(place, tap, rows):
                e = (t - 1) * d + 1
                coordinate = o * s + r * d - conv_begin(entry, n, e, s)
                same = max(0, (math.ceil(n / s) - 1) * s + e - n)
                ends = {'same': same - same // 2, 'same-lower': same // 2, 'full': e - 1, 'valid': 0, 'causal': 0}
                counted &= coordinate < n + (ends[entry] if isinstance(entry, str) else listed(entry, 2)[1])
                at.append(source(coordinate, n, None))
            count += counted
            if None not in at:
                held.append((slice(None), slice(None), *at))
        gradient = dy[(slice(None), slice(None), *place)]
        for spot in held:
            if kind == 'average':
                dx[spot] += gradient / (count if options.get('countPadding') else len(held))
            else:
                dx[spot] += gradient * x[spot] / np.sqrt(sum(x[other] ** 2 for other in held))
    return ordered(dx, plain, layout)


def recomputed(case, operands, shape):
    operator, options = case['operator'], case['options']
    if operator in ('convBackwardInput', 'convBackwardFilter'):
        result = conv_gradient(case, operands)
    elif operator.endswith('PoolBackward'):
        result = pool_gradient(case, operands, shape)
    else:
        plain = 'nc' + SPATIAL[operands['gradient'].ndim - 2]
        layout = options.get('inputLayout', plain)
        dz = before_activation(options, operands, plain, layout)
        result = ordered(dz, plain, layout) if operator == 'activateBackward' else dz.sum((0, *range(2, dz.ndim)))
    return result + operands.get('accumulate', 0)


def main():
    data = (FOLDER / 'gradients.bin').read_bytes()
    cases = json.loads((FOLDER / 'gradients.json').read_text(encoding='utf-8'))['cases']
    wrong = 0
    for case in cases:
        places = {'places': case['places']} if 'places' in case else {}
        operands = {name: load(data, place) for name, place in {**case['operands'], **places}.items()}
        expected = load(data, case['expected'])
        error = float(np.abs(recomputed(case, operands, expected.shape) - expected).max())
        tolerance = 1e-11 * max(float(np.abs(expected).max()), float(np.abs(operands['gradient']).max())) + case.get('uncertainty', 0)
        if not error <= tolerance:
            wrong += 1
            print(f'{case["name"]}: {error} is above {tolerance}')
    print(f'{len(cases)} cases read back, {wrong} wrong')
    return wrong > 0


if __name__ == '__main__':
    sys.exit(main())
