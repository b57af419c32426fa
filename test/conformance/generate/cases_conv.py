"""Convolutions of every rank: each option by itself in ugly sizes, then many at random together."""
import random

import epilogue
from convolve import case as operator_case
from layouts import FILTER_LAYOUTS, INPUT_LAYOUTS

SIZE = {1: (23,), 2: (7, 9), 3: (4, 5, 6)}
TAPS = {1: (4,), 2: (3, 2), 3: (2, 3, 2)}
RANKS = (1, 2, 3)


def case(name, *arguments, **keywords):
    return operator_case('conv', name, *arguments, **keywords)


def layout_cases():
    steps = [({}, 1), ({'strides': 2, 'padding': 1}, 2), ({'dilations': 2, 'padding': 'same'}, 1)]
    for rank in RANKS:
        for row, input_layout in enumerate(INPUT_LAYOUTS[rank]):
            for column, filter_layout in enumerate(FILTER_LAYOUTS[rank]):
                options, groups = steps[(row + column) % 3]
                yield case(
                    f'conv{rank}d {input_layout} with {filter_layout}',
                    SIZE[rank], 4, 6, TAPS[rank],
                    {**options, 'groups': groups, 'inputLayout': input_layout, 'filterLayout': filter_layout},
                    batch=2 if rank < 3 else 1, terms=('bias',) if column % 2 else (),
                )  # fmt: skip


PADDINGS = {
    1: [2, [3], [[0, 4]], [[3, -2]], -3, [[-4, 1]], [[-1, -5]]],
    2: [2, [0, 3], [[1, 0], [2, 3]], [[2, -1], [-2, 1]], -1, ['same', 2], [[-2, 3], 'full'], ['causal', 'valid'],
        ['same-lower', [0, 4]]],
    3: [1, [0, 1, 2], [[1, 0], [0, 2], [3, 1]], [[0, -1], [-1, 2], [-2, 0]], -1, ['same', 'full', 'causal'],
        ['valid', 'same-lower', 1], [[-1, 1], 'same', 0]],
}  # fmt: skip
RULES = ('same', 'same-lower', 'valid', 'full', 'causal')


def padding_cases():
    for rank in RANKS:
        for index, padding in enumerate(PADDINGS[rank]):
            yield case(
                f'conv{rank}d padding {padding}', SIZE[rank], 3, 5, TAPS[rank],
                {'padding': padding, **({'strides': 2} if index % 3 == 1 else {})}, batch=1 + index % 2,
            )  # fmt: skip
        for index, rule in enumerate(RULES):
            layout = INPUT_LAYOUTS[rank][index % 2]
            options = {'padding': rule, 'inputLayout': layout}
            yield case(f'conv{rank}d {rule}', SIZE[rank], 3, 4, TAPS[rank], options)
            mixed = {**options, 'strides': [1, 2, 2][3 - rank :], 'dilations': [1, 2, 3][3 - rank :], 'groups': 2}
            taps = [2, 2, 2][:rank] if rule == 'valid' else [2, 3, 4][3 - rank :]
            yield case(f'conv{rank}d {rule}, strided, dilated, 2 groups', SIZE[rank], 4, 6, taps, mixed, terms=('bias',))


MODES = ('reflect', 'symmetric', 'replicate', 'circular', 0.75)


def mode_cases():
    for rank in RANKS:
        pairs = [[2, 3], [1, 2], [3, 0]][:rank]
        crops = [[3, -1], [-1, 2], [2, -1]][:rank]
        for index, mode in enumerate(MODES):
            label = f'constant {mode}' if isinstance(mode, float) else mode
            options = {'paddingMode': mode, 'inputLayout': INPUT_LAYOUTS[rank][index % 2]}
            size, taps = SIZE[rank], TAPS[rank]
            yield case(f'conv{rank}d {label} padding', size, 3, 4, taps, {**options, 'padding': pairs})
            yield case(
                f'conv{rank}d {label} padding, "same", strided, 2 groups', size, 4, 2, [4, 3, 3][:rank],
                {**options, 'padding': 'same', 'strides': [2, 1, 3][:rank], 'groups': 2}, terms=('bias',),
            )  # fmt: skip
            yield case(
                f'conv{rank}d {label} padding, crops, dilated, flipped', size, 2, 3, taps,
                {**options, 'padding': crops, 'dilations': [2, 1, 2][:rank], 'flipFilter': True},
            )  # fmt: skip
            if mode == 'reflect':
                yield case(f'conv{rank}d reflect as far as it goes', size, 2, 3, taps, {**options, 'padding': [s - 1 for s in size]})
            elif mode != 0.75:  # more padding than input: the values repeat more than once
                yield case(f'conv{rank}d {label} padding wider than the input', [3, 2, 2][:rank], 2, 3, taps,
                           {**options, 'padding': [[7, 8], [5, 3], [1, 5]][:rank]})  # fmt: skip
    yield case('conv2d constant -2.5 padding, depthwise, ceil', (6, 8), 3, 3, (2, 3),
               {'paddingMode': -2.5, 'padding': 1, 'groups': 3, 'strides': 3, 'rounding': 'ceil'})  # fmt: skip
    yield case('conv1d constant 0.1 padding of a tenth that is no f32', (9,), 2, 2, (3,), {'paddingMode': 0.1, 'padding': 'full'})


def rounding_cases():
    for rank in RANKS:
        letters = [8, 9, 7][:rank]
        for strides, padding in ((3, 0), ([2, 4, 3][:rank], 1), (4, [[0, 3], [2, 0], [1, 1]][:rank])):
            yield case(
                f'conv{rank}d ceil, strides {strides}, padding {padding}', letters, 2, 3, [2, 3, 2][:rank],
                {'strides': strides, 'padding': padding, 'rounding': 'ceil'},
            )  # fmt: skip
        yield case(f'conv{rank}d exact', [9, 7, 5][:rank], 2, 3, [3] * rank, {'strides': 2, 'rounding': 'exact'}, terms=('bias',))
        yield case(f'conv{rank}d ceil, circular, nothing starts in the end padding', [5, 6, 4][:rank], 1, 2, [2] * rank,
                   {'strides': 3, 'padding': [[0, 3]] * rank, 'paddingMode': 'circular', 'rounding': 'ceil'})  # fmt: skip


def group_cases():
    rows = [
        ('3 groups', 6, 9, {'groups': 3}),
        ('depthwise', 5, 5, {'groups': 5, 'padding': 1}),
        ('depthwise, channel multiplier 2', 3, 6, {'groups': 3, 'strides': 2}),
        ('depthwise, channel multiplier 3, dilated', 4, 12, {'groups': 4, 'dilations': 2, 'padding': 'same'}),
        ('2 groups of more channels than filters', 14, 2, {'groups': 2, 'padding': 'full'}),
    ]
    for rank in RANKS:
        for index, (label, channels, filters, options) in enumerate(rows):
            # channels last with whichever order of the filter
            more = (
                {'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][(index + rank) % 6]}
                if index % 2
                else {}
            )
            yield case(f'conv{rank}d {label}', SIZE[rank], channels, filters, TAPS[rank], {**options, **more}, batch=2)


def flip_cases():
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        yield case(f'conv{rank}d flipped', size, 3, 4, taps, {'flipFilter': True, 'padding': 'same'})
        yield case(f'conv{rank}d flipped, full, dilated', size, 2, 3, taps, {'flipFilter': True, 'padding': 'full', 'dilations': 2})
        yield case(f'conv{rank}d flipped, depthwise, channels last, strided', size, 3, 3, taps,
                   {'flipFilter': True, 'groups': 3, 'strides': [2, 3, 1][:rank], 'inputLayout': INPUT_LAYOUTS[rank][1],
                    'filterLayout': FILTER_LAYOUTS[rank][2]})  # fmt: skip


def epilogue_cases():
    for index, activation in enumerate(epilogue.FORMS):
        rank = 1 + index % 3
        terms = epilogue.terms_with(activation, index)
        extra = {'groups': 2} if index % 4 == 1 else {}
        layout = {'inputLayout': INPUT_LAYOUTS[rank][1]} if index % 2 else {}
        yield case(f'conv{rank}d {epilogue.label(activation)}, {" ".join(terms) or "nothing else"}', SIZE[rank], 4, 6, TAPS[rank],
                   {'activation': activation, **extra, **layout}, terms=terms, batch=1 + index % 2, term_magnitude=2.0)  # fmt: skip
    for rank in RANKS:
        base = (SIZE[rank], 3, 5, TAPS[rank])
        last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
        yield case(f'conv{rank}d batch norm, relu', *base, {'activation': 'relu', 'padding': 1}, terms=('batch norm',), batch=2)
        yield case(f'conv{rank}d bias, batch norm, residual, silu', *base, {**last, 'activation': 'silu', 'strides': 2},
                   terms=('bias', 'batch norm', 'residual'))  # fmt: skip
        yield case(f'conv{rank}d prelu', *base, {'activation': 'prelu'}, terms=('bias',))
        yield case(f'conv{rank}d prelu of one slope, channels last', *base, {**last, 'activation': 'prelu'}, terms=('one slope', 'scale'))
        yield case(f'conv{rank}d residual alone', *base, {**last, 'padding': 'causal'}, terms=('residual',))
        yield case(f'conv{rank}d shift alone, ceil', *base, {'strides': 3, 'rounding': 'ceil'}, terms=('shift',))
        yield case(f'conv{rank}d scale alone, groups of one filter', SIZE[rank], 6, 3, TAPS[rank], {'groups': 3}, terms=('scale',))


def half_cases():
    half = {'dtype': 'float16'}
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        last = {'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][2]}
        yield case(f'conv{rank}d float16', size, 3, 5, taps, {'padding': 1}, **half)
        yield case(f'conv{rank}d float16, channels last, strided, bias, relu', size, 3, 5, taps,
                   {**last, 'strides': 2, 'activation': 'relu'}, terms=('bias',), **half)  # fmt: skip
        yield case(f'conv{rank}d float16, depthwise, dilated, flipped', size, 4, 4, taps,
                   {'groups': 4, 'dilations': 2, 'flipFilter': True, 'padding': 'same'}, **half)  # fmt: skip
        yield case(f'conv{rank}d float16, residual, scale, shift, silu', size, 3, 3, taps,
                   {'activation': 'silu', 'padding': 'same-lower', 'paddingMode': 'replicate'},
                   terms=('scale', 'shift', 'residual'), **half)  # fmt: skip
        yield case(f'conv{rank}d float16 with a float32 filter', size, 3, 5, taps, {'padding': 1}, filter_dtype='float32', **half)
        yield case(f'conv{rank}d float32 with a float16 filter', size, 3, 5, taps, {**last, 'groups': 1}, filter_dtype='float16')
        yield case(f'conv{rank}d float16 beyond 65504', size, 4, 3, taps, {'padding': 'full'}, magnitude=30000.0, terms=('bias',), **half)
    yield case('conv1d float16, a row of 2101', (2101,), 1, 1, (5,), {'padding': 'same'}, **half)
    yield case('conv1d float16, sums of 3001 products', (3010,), 1, 2, (3001,), {}, **half)
    yield case('conv2d float16, sums of 2057 products', (11, 12), 17, 2, (11, 11), {}, **half)
    yield case('conv2d float16, subnormal outputs', (6, 7), 2, 3, (3, 3), {}, magnitude=2.0**-15, **half)
    yield case('conv2d float16, odd sizes of one channel', (3, 5), 1, 1, (1, 1), {}, **half)


def size_cases():
    rows = [
        ('1 of everything', (1, 1, 1), 1, 1, (1, 1, 1), {}, 1),
        ('1 element, padded filter', (1, 1, 1), 3, 2, (3, 3, 3), {'padding': 1}, 2),
        ('filter as large as the input', (3, 4, 5), 3, 7, (3, 4, 5), {}, 2),
        ('filter larger than the input', (2, 3, 2), 2, 3, (5, 4, 5), {'padding': [3, 2, 2]}, 1),
        ('stride above the filter', (11, 7, 6), 2, 3, (2, 2, 1), {'strides': [5, 3, 4]}, 1),
        ('stride above the input', (3, 5, 4), 2, 3, (2, 3, 2), {'strides': 9, 'padding': 1}, 3),
        ('outputs that see padding only', (2, 3, 2), 2, 3, (2, 2, 2), {'padding': 4, 'strides': 2}, 1),
        ('outer taps that all lie in padding', (2, 2, 3), 2, 3, (3, 3, 3), {'padding': 5, 'dilations': 5}, 1),
        ('primes', (7, 5, 3), 11, 13, (3, 2, 2), {'strides': [2, 1, 1], 'padding': [1, 0, 1]}, 1),
    ]
    for rank in RANKS:
        for label, size, channels, filters, taps, options, batch in rows:
            cut = {key: value[:rank] if isinstance(value, list) else value for key, value in options.items()}
            yield case(f'conv{rank}d {label}', size[:rank], channels, filters, taps[:rank], cut, batch=batch)
    for filters in (1, 2, 3, 7, 9, 16, 17, 63, 65):
        yield case(f'conv2d {filters} filters', (5, 4), 3, filters, (3, 3), {'padding': [1, 0]}, terms=('bias',))
    for channels in (15, 16, 33, 67):
        yield case(f'conv2d 1x1, {channels} channels', (3, 5), channels, 9, (1, 1), {})
    for width in (15, 17, 64, 129):
        yield case(f'conv1d {width} wide, 3 filters', (width,), 2, 3, (3,), {'padding': 'same'}, batch=2)


def magnitude_cases():
    yield case('conv2d inputs of 1e6', (6, 7), 3, 4, (3, 3), {'padding': 1}, magnitude=1e6, terms=('bias',))
    yield case('conv2d inputs of 1e-6', (6, 7), 3, 4, (3, 3), {'padding': 1}, magnitude=1e-6)
    yield case('conv2d inputs of 1e30', (6, 7), 3, 4, (3, 3), {'padding': 1}, magnitude=1e30)
    yield case('conv2d inputs of 1e-30', (6, 7), 3, 4, (3, 3), {'strides': 2}, magnitude=1e-30)
    yield case('conv3d inputs of 1e4, sigmoid', (4, 4, 4), 3, 4, (3, 3, 3), {'activation': 'sigmoid'}, magnitude=1e4, terms=('residual',))
    yield case('conv1d inputs of 50, softplus', (19,), 3, 4, (3,), {'activation': 'softplus'}, magnitude=50.0, terms=('residual',))
    yield case('conv1d inputs of 50, mish', (19,), 3, 4, (3,), {'activation': 'mish'}, magnitude=50.0, terms=('bias',))
    yield case('conv1d whole numbers', (31,), 5, 6, (5,), {'padding': 2}, dyadic=True)
    yield case('conv2d whole numbers, strided', (9, 8), 5, 6, (3, 3), {'padding': 1, 'strides': 2}, dyadic=True)
    yield case('conv1d sums of 4099 products', (4100,), 1, 3, (4099,), {})
    yield case('conv2d sums of 5239 products', (13, 13), 31, 2, (13, 13), {})
    yield case('conv3d sums of 2662 products', (11, 11, 12), 2, 2, (11, 11, 11), {})


def mixed_cases(count=15):
    """Everything at random together, from fixed seeds; what is no valid problem is drawn again."""
    for rank in RANKS:
        for index in range(count):
            draw = random.Random(f'conv {rank} {index}')
            while True:
                try:
                    yield mixed_case(rank, f'conv{rank}d mixed {index + 1}', draw)
                    break
                except ValueError:
                    continue


def draw_side(draw):
    pick = draw.random()
    if pick < 0.3:
        return draw.choice(RULES)
    if pick < 0.6:
        return draw.randint(-1, 3)
    return [draw.randint(-2, 4), draw.randint(-2, 4)]


def mixed_case(rank, name, draw):
    each = lambda least, most: [draw.randint(least, most) for _ in range(rank)]
    most = {1: 40, 2: 11, 3: 6}[rank]
    groups = draw.choice([1, 1, 2, 3])
    options = {'padding': [draw_side(draw) for _ in range(rank)], 'groups': groups}
    options['strides'], options['dilations'] = each(1, 3), each(1, 3)
    options['inputLayout'] = draw.choice(INPUT_LAYOUTS[rank])
    options['filterLayout'] = draw.choice(FILTER_LAYOUTS[rank])
    options['flipFilter'] = draw.random() < 0.4
    options['paddingMode'] = draw.choice(['zeros', *MODES])
    cropped = any(not isinstance(entry, (str, int)) and entry[1] < 0 or entry == -1 for entry in options['padding'])
    options['rounding'] = 'floor' if cropped else draw.choice(['floor', 'ceil', 'exact'])
    dtype = 'float16' if draw.random() < 0.2 else 'float32'
    activation = draw.choice(['none', 'none', *epilogue.FORMS, 'prelu']) if dtype == 'float32' else draw.choice(['relu', 'silu'])
    if activation != 'none':
        options['activation'] = activation
    terms = epilogue.terms_with(activation, draw.randrange(20))
    return case(
        name, each(2, most), groups * draw.randint(1, 4), groups * draw.randint(1, 4), each(1, 4), options,
        batch=draw.randint(1, 2), terms=terms, dtype=dtype,
    )  # fmt: skip


def cases():
    for make in (layout_cases, padding_cases, mode_cases, rounding_cases, group_cases, flip_cases, epilogue_cases,
                 half_cases, size_cases, magnitude_cases, mixed_cases):  # fmt: skip
        yield from make()
