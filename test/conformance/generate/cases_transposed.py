"""Transposed convolutions of every rank: each option by itself in ugly sizes, then many at random together."""
import random

import epilogue
from convolve import case as operator_case
from layouts import FILTER_LAYOUTS, INPUT_LAYOUTS

SIZE = {1: (11,), 2: (4, 5), 3: (3, 2, 3)}
TAPS = {1: (4,), 2: (3, 2), 3: (2, 3, 2)}
RANKS = (1, 2, 3)


def case(name, *arguments, **keywords):
    return operator_case('convTranspose', name, *arguments, **keywords)


def layout_cases():
    for rank in RANKS:
        for column, filter_layout in enumerate(FILTER_LAYOUTS[rank]):
            input_layout = INPUT_LAYOUTS[rank][(column + rank) % 2]
            groups = 1 + column % 2
            yield case(
                f'convTranspose{rank}d {input_layout} with {filter_layout}, groups {groups}', SIZE[rank], 4, 6, TAPS[rank],
                {'inputLayout': input_layout, 'filterLayout': filter_layout, 'groups': groups, 'strides': 1 + column // 2},
                terms=('bias',) if column % 3 else (),
            )  # fmt: skip


def option_cases():
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
        strides, dilations = [2, 3, 1][:rank], [3, 2, 2][:rank]
        rows = [
            ('plain', 3, 4, {}),
            ('strides per axis', 3, 2, {'strides': strides}),
            ('strides above the filter', 2, 3, {'strides': 5}),
            ('dilations', 2, 3, {'dilations': dilations}),
            ('strides and dilations with a common divisor', 2, 3, {'strides': 4, 'dilations': 2}),
            ('strides and dilations without one', 2, 3, {'strides': 2, 'dilations': 3}),
            ('dilations that the strides divide', 2, 3, {'strides': 2, 'dilations': 4}),
            ('padding', 3, 2, {'padding': 1, 'strides': 2}),
            ('padding per axis', 2, 3, {'padding': [2, 0, 1][:rank], 'strides': strides}),
            ('asymmetric padding', 2, 3, {'padding': [[2, 0], [0, 1], [1, 2]][:rank], 'strides': 2}),
            ('negative padding: zeros around', 2, 2, {'padding': [[-2, 1], [0, -3], [-1, -1]][:rank], 'strides': 2}),
            ('outputPadding', 3, 2, {'strides': 3, 'outputPadding': 2, 'padding': 1}),
            ('outputPadding per axis', 2, 3, {'strides': [2, 3, 2][:rank], 'outputPadding': [1, 0, 1][:rank]}),
            ('outputPadding within the dilation', 2, 3, {'dilations': 3, 'outputPadding': 2}),
            ('outputPadding, depthwise, channels last', 4, 4, {**last, 'groups': 4, 'strides': 2, 'outputPadding': 1}),
            ('3 groups', 6, 9, {'groups': 3, 'strides': 2}),
            ('depthwise, channel multiplier 2', 3, 6, {'groups': 3, 'strides': 2, 'padding': 1}),
            ('2 groups of one filter, channels last, dilated', 6, 2, {**last, 'groups': 2, 'dilations': 2}),
            ('flipped', 2, 3, {'flipFilter': True, 'strides': 2}),
            ('flipped, 2 groups, dilated, padding', 4, 6, {'flipFilter': True, 'groups': 2, 'dilations': 2, 'padding': 1}),
            ('full', 2, 3, {'padding': 'full', 'strides': 3}),
            ('valid', 2, 3, {'padding': 'valid', 'strides': 2, **last}),
            ('same', 3, 2, {'padding': 'same', 'strides': 2}),
            ('same, stride 1, dilated', 3, 2, {'padding': 'same', 'dilations': dilations, **last}),
            ('same, strides above the filter', 2, 3, {'padding': 'same', 'strides': 5}),
            ('same-lower', 3, 2, {'padding': 'same-lower', 'strides': strides}),
            ('same-lower, outputPadding', 3, 2, {'padding': 'same-lower', 'strides': 3, 'outputPadding': 1}),
            ('causal', 3, 2, {'padding': 'causal', 'strides': 2}),
            ('causal, strides above the filter, flipped', 2, 2, {'padding': 'causal', 'strides': 5, 'flipFilter': True}),
            ('a rule for each axis', 2, 2, {'padding': ['same', 'causal', [0, 1]][3 - rank :], 'strides': 2}),
        ]
        for index, (label, channels, filters, options) in enumerate(rows):
            if rank == 2 or index % 2 == rank // 2:  # images have them all, sequences and volumes half of them each
                batch = 2 if index % 4 == 0 and rank < 3 else 1
                yield case(f'convTranspose{rank}d {label}', size, channels, filters, taps, options, batch=batch)


def output_shape_cases():
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        for stride, more in ((3, 0), (3, 2), (4, 3)):
            shape = [(length - 1) * stride + tap - 2 + more for length, tap in zip(size, taps)]
            yield case(f'convTranspose{rank}d outputShape {shape}', size, 2, 3, taps,
                       {'strides': stride, 'padding': 1, 'outputShape': shape}, terms=('bias',))  # fmt: skip
        shape = [length * 3 for length in size]
        yield case(f'convTranspose{rank}d outputShape {shape} with "same"', size, 2, 3, taps,
                   {'strides': 3, 'padding': 'same', 'outputShape': shape})  # fmt: skip
    yield case('convTranspose2d one outputShape for both axes', (5, 5), 2, 3, (3, 3), {'strides': 2, 'padding': 1, 'outputShape': 10})


def epilogue_cases():
    forms = ['relu', 'gelu', {'name': 'leakyRelu', 'alpha': 0.2}, 'prelu', 'tanh', {'name': 'clamp', 'min': -0.5, 'max': 0.25}]
    for rank in RANKS:
        for index, activation in enumerate(forms):
            if index % 2 == rank % 2 and activation != 'prelu':
                continue
            layout = {'inputLayout': INPUT_LAYOUTS[rank][index % 2]}
            options = {**layout, 'activation': activation, 'strides': 1 + index % 3, 'groups': 1 + index % 2}
            given = epilogue.terms_with(activation, index + 2 * rank)
            given = ('one slope', *given) if activation == 'prelu' and rank == 3 else given
            name = f'convTranspose{rank}d {epilogue.label(activation)}, {" ".join(given) or "nothing else"}'
            yield case(name, SIZE[rank], 4, 4, TAPS[rank], options, terms=given)


def half_cases():
    half = {'dtype': 'float16'}
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        last = {'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][2]}
        yield case(f'convTranspose{rank}d float16', size, 3, 4, taps, {'strides': 2, 'padding': 1}, terms=('bias',), **half)
        yield case(f'convTranspose{rank}d float16, channels last, 2 groups, residual, relu6', size, 4, 6, taps,
                   {**last, 'groups': 2, 'strides': 3, 'activation': 'relu6'}, terms=('residual',), **half)  # fmt: skip
        yield case(f'convTranspose{rank}d float16 with a float32 filter, flipped', size, 2, 3, taps,
                   {'flipFilter': True, 'dilations': 2}, filter_dtype='float32', **half)  # fmt: skip
    yield case('convTranspose2d float16 beyond 65504', (4, 3), 4, 3, (3, 3), {'strides': 2}, magnitude=50000.0, **half)
    yield case('convTranspose1d float16, a row of 2102', (1051,), 1, 1, (4,), {'strides': 2, 'padding': 1}, **half)
    yield case('convTranspose1d float16, sums of 2049 channels', (3,), 2049, 2, (3,), {'padding': 1}, **half)


def size_cases():
    for rank in RANKS:
        yield case(f'convTranspose{rank}d 1 of everything', [1] * rank, 1, 1, [1] * rank)
        yield case(f'convTranspose{rank}d 1 element, strided', [1] * rank, 3, 2, TAPS[rank], {'strides': 3, 'outputPadding': 2})
        yield case(f'convTranspose{rank}d 1x1 filter, strided: zeros between', SIZE[rank], 2, 3, [1] * rank, {'strides': 3}, terms=('bias',))
        yield case(f'convTranspose{rank}d primes', [7, 5, 2][:rank], 7, 11, [3, 2, 2][:rank], {'strides': 2, 'padding': 1})
    for filters in (1, 8, 9, 17, 65):
        yield case(f'convTranspose2d {filters} filters', (4, 3), 5, filters, (3, 3), {'strides': 2}, terms=('bias',))
    yield case('convTranspose2d inputs of 1e6', (4, 5), 3, 4, (3, 3), {'strides': 2}, magnitude=1e6)
    yield case('convTranspose2d whole numbers', (4, 5), 3, 4, (4, 4), {'strides': 2, 'padding': 'same'}, dyadic=True)


def mixed_cases(count=9):
    """Everything at random together, from fixed seeds; what is no valid problem is drawn again."""
    for rank in RANKS:
        for index in range(count):
            draw = random.Random(f'convTranspose {rank} {index}')
            while True:
                try:
                    yield mixed_case(rank, f'convTranspose{rank}d mixed {index + 1}', draw)
                    break
                except ValueError:
                    continue


def mixed_case(rank, name, draw):
    each = lambda least, most: [draw.randint(least, most) for _ in range(rank)]
    side = lambda: draw.choice(['same', 'same-lower', 'causal', 'valid', draw.randint(0, 2), [draw.randint(-2, 3), draw.randint(-1, 3)]])
    groups = draw.choice([1, 1, 2, 3])
    strides, dilations = each(1, 4 if rank < 3 else 3), each(1, 3 if rank < 3 else 2)
    options = {
        'padding': [side() for _ in range(rank)],
        'groups': groups,
        'strides': strides,
        'dilations': dilations,
        'outputPadding': [draw.randint(0, max(pair) - 1) for pair in zip(strides, dilations)],
        'inputLayout': draw.choice(INPUT_LAYOUTS[rank]),
        'filterLayout': draw.choice(FILTER_LAYOUTS[rank]),
        'flipFilter': draw.random() < 0.4,
    }
    dtype = 'float16' if draw.random() < 0.2 else 'float32'
    activation = draw.choice(['none', 'none', *epilogue.FORMS, 'prelu']) if dtype == 'float32' else draw.choice(['relu', 'silu'])
    if activation != 'none':
        options['activation'] = activation
    terms = epilogue.terms_with(activation, draw.randrange(20))
    return case(
        name, each(1, {1: 16, 2: 5, 3: 3}[rank]), groups * draw.randint(1, 3), groups * draw.randint(1, 3), each(1, 4 if rank < 3 else 3),
        options, batch=draw.randint(1, 2), terms=terms, dtype=dtype,
    )  # fmt: skip


def cases():
    for make in (layout_cases, option_cases, output_shape_cases, epilogue_cases, half_cases, size_cases, mixed_cases):
        yield from make()
