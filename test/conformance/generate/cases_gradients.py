"""Gradients of convolutions of every rank, and of their transposes: each option by itself in ugly sizes, then many at random together."""
import random

import epilogue
from cases_conv import MODES, PADDINGS, RULES, draw_side
from gradients import FROM_OUTPUT, conv_case
from layouts import FILTER_LAYOUTS, INPUT_LAYOUTS

SIZE = {1: (13,), 2: (5, 6), 3: (4, 4, 4)}
TAPS = {1: (4,), 2: (3, 2), 3: (2, 2, 2)}
RANKS = (1, 2, 3)
GRADIENTS = ('input', 'filter')


def conv(of, name, *arguments, **keywords):
    return conv_case(of, 'conv', f'conv{name}, gradient of the {of}', *arguments, **keywords)


def transposed(of, name, *arguments, **keywords):
    return conv_case(of, 'convTranspose', f'convTranspose{name}, gradient of the {of}', *arguments, **keywords)


def by_turns(number):
    """Images have both gradients of everything, sequences and volumes one of them by turns."""
    return lambda rank: GRADIENTS if rank == 2 else (GRADIENTS[(number + rank) % 2],)


def layout_cases():
    steps = [({}, 1), ({'strides': 2, 'padding': 1}, 2), ({'dilations': 2, 'padding': 'same'}, 1)]
    for rank in RANKS:
        for column, filter_layout in enumerate(FILTER_LAYOUTS[rank]):
            for row, of in enumerate(GRADIENTS):
                input_layout = INPUT_LAYOUTS[rank][(row + column) % 2]
                options, groups = steps[(row + column) % 3]
                named = {'groups': groups, 'inputLayout': input_layout, 'filterLayout': filter_layout}
                operator = transposed if column % 2 else conv
                options = {'strides': 2} if operator is transposed else options
                yield operator(of, f'{rank}d {input_layout} with {filter_layout}', SIZE[rank], 4, 6, TAPS[rank], {**options, **named})


def padding_cases():
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        for index, padding in enumerate(PADDINGS[rank]):
            strides = {'strides': 2} if index % 3 == 1 else {}
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d padding {padding}', size, 2, 3, taps, {'padding': padding, **strides}, batch=1 + index % 2)
        for index, rule in enumerate(RULES):
            for of in by_turns(index)(rank):
                options = {'padding': rule, 'strides': [1, 2, 2][3 - rank :], 'groups': 2, 'inputLayout': INPUT_LAYOUTS[rank][index % 2]}
                yield conv(of, f'{rank}d {rule}, strided, 2 groups', size, 4, 2, taps, options)


def mode_cases():
    for rank in RANKS:
        pairs, crops = [[2, 3], [1, 2], [2, 0]][:rank], [[3, -1], [-1, 2], [2, -1]][:rank]
        for index, mode in enumerate(MODES):
            label = f'constant {mode}' if isinstance(mode, float) else mode
            options = {'paddingMode': mode, 'inputLayout': INPUT_LAYOUTS[rank][index % 2]}
            size, taps = SIZE[rank], TAPS[rank]
            for of in GRADIENTS:
                yield conv(of, f'{rank}d {label} padding', size, 2, 3, taps, {**options, 'padding': pairs})
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d {label} padding, "same", strided, 2 groups', size, 4, 2, [4, 3, 3][:rank],
                           {**options, 'padding': 'same', 'strides': [2, 1, 3][:rank], 'groups': 2})  # fmt: skip
            for of in by_turns(index + 1)(rank):
                yield conv(of, f'{rank}d {label} padding, crops, flipped', size, 2, 2, taps,
                           {**options, 'padding': crops, 'flipFilter': True})  # fmt: skip
                if mode == 'reflect':
                    yield conv(of, f'{rank}d reflect as far as it goes', size, 1, 2, taps, {**options, 'padding': [s - 1 for s in size]})
                elif mode != 0.75:  # the values repeat more than once
                    yield conv(of, f'{rank}d {label} padding wider than the input', [3, 2, 2][:rank], 2, 2, taps,
                               {**options, 'padding': [[7, 8], [5, 3], [1, 3]][:rank]})  # fmt: skip


def rounding_cases():
    for rank in RANKS:
        size = [8, 9, 7][:rank]
        for index, (strides, padding) in enumerate(((3, 0), ([2, 4, 3][:rank], 1), (4, [[0, 3], [2, 0], [1, 1]][:rank]))):
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d ceil, strides {strides}, padding {padding}', size, 1 + index, 2, [2, 3, 2][:rank],
                           {'strides': strides, 'padding': padding, 'rounding': 'ceil'})  # fmt: skip
        yield conv('input', f'{rank}d ceil, circular', [5, 6, 4][:rank], 1, 2, [2] * rank,
                   {'strides': 3, 'padding': [[0, 3]] * rank, 'paddingMode': 'circular', 'rounding': 'ceil'})  # fmt: skip
        yield conv('filter', f'{rank}d exact', [7, 5, 3][:rank], 2, 3, [3] * rank, {'strides': 2, 'rounding': 'exact'})


def group_cases():
    rows = [
        ('3 groups', 6, 3, {'groups': 3}),
        ('depthwise', 5, 5, {'groups': 5, 'padding': 1}),
        ('depthwise, channel multiplier 2', 3, 6, {'groups': 3, 'strides': 2}),
        ('depthwise, channel multiplier 3, dilated', 2, 6, {'groups': 2, 'dilations': 2, 'padding': 'same'}),
    ]
    for rank in RANKS:
        for index, (label, channels, filters, options) in enumerate(rows):
            last = {'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][(index + rank) % 6]}
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d {label}', SIZE[rank], channels, filters, TAPS[rank], {**options, **(last if index % 2 else {})})


def dilation_and_flip_cases():
    rows = [
        ('dilated', {'dilations': [2, 3, 1]}),
        ('strides and dilations without a common divisor', {'strides': 2, 'dilations': [3, 2, 2], 'padding': [2, 1, 1]}),
        ('flipped', {'flipFilter': True, 'padding': 'same'}),
        ('flipped, full, strided', {'flipFilter': True, 'padding': 'full', 'strides': 2}),
    ]
    for rank in RANKS:
        for index, (label, options) in enumerate(rows):
            cut = {key: value[:rank] if isinstance(value, list) else value for key, value in options.items()}
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d {label}', SIZE[rank], 2, 3, TAPS[rank], cut)


def transposed_cases():
    for rank in RANKS:
        size, taps = [6, 4, 2][:rank], TAPS[rank]
        last = {'inputLayout': INPUT_LAYOUTS[rank][1]}
        strides, dilations = [2, 3, 1][:rank], [3, 2, 2][:rank]
        rows = [
            ('plain', 3, 4, {}),
            ('strides per axis', 3, 2, {'strides': strides}),
            ('strides above the filter', 2, 3, {'strides': 5}),
            ('strides and dilations', 2, 3, {'strides': 2, 'dilations': dilations}),
            ('padding', 3, 2, {'padding': 1, 'strides': 2, **last}),
            ('asymmetric padding', 2, 3, {'padding': [[2, 0], [0, 1], [1, 1]][:rank], 'strides': 2}),
            ('negative padding: zeros around', 2, 2, {'padding': [[-2, 1], [0, -3], [-1, -1]][:rank], 'strides': 2}),
            ('outputPadding', 3, 2, {'strides': 3, 'outputPadding': 2, 'padding': 1}),
            ('outputPadding within the dilation', 2, 3, {'dilations': 3, 'outputPadding': 2}),
            ('outputShape with "same"', 2, 2, {'strides': 3, 'padding': 'same', 'outputShape': [length * 3 for length in size]}),
            ('depthwise, channel multiplier 2, channels last', 3, 6, {**last, 'groups': 3, 'strides': 2, 'padding': 1}),
            ('flipped, 2 groups, dilated', 4, 6, {'flipFilter': True, 'groups': 2, 'dilations': 2}),
            ('full', 2, 3, {'padding': 'full', 'strides': 3}),
            ('same-lower', 3, 2, {'padding': 'same-lower', 'strides': strides}),
            ('causal', 3, 2, {'padding': 'causal', 'strides': 2, **last}),
        ]
        for index, (label, channels, filters, options) in enumerate(rows):
            for of in by_turns(index)(rank):
                yield transposed(of, f'{rank}d {label}', size, channels, filters, taps, options)


def fused_cases():
    """Gradients that come through the activation that ended the forward operator."""
    for index, form in enumerate([*epilogue.FORMS, 'prelu']):
        rank = 1 + index % 3
        options = {'activation': form, 'padding': index % 2, 'inputLayout': INPUT_LAYOUTS[rank][index // 3 % 2]}
        operator = transposed if index % 4 == 3 else conv
        yield operator(GRADIENTS[index % 2], f'{rank}d {epilogue.label(form)} at its input', SIZE[rank], 2, 3, TAPS[rank], options)
    for index, form in enumerate(FROM_OUTPUT):
        rank = 1 + (index + 1) % 3
        options = {'activation': form, 'strides': 1 + index % 2, 'inputLayout': INPUT_LAYOUTS[rank][index // 3 % 2]}
        operator = transposed if index % 4 == 1 else conv
        yield operator(GRADIENTS[index % 2], f'{rank}d {epilogue.label(form)} at its output', SIZE[rank], 2, 3, TAPS[rank], options,
                       source='output')  # fmt: skip
    for rank in RANKS:
        for index, of in enumerate(GRADIENTS):
            options = {'activation': 'prelu', 'inputLayout': INPUT_LAYOUTS[rank][index]}
            yield conv(of, f'{rank}d prelu of {"one slope" if index else "a slope for each channel"}', SIZE[rank], 2, 3, TAPS[rank], options,
                       slopes='one' if index else 'each')  # fmt: skip


def accumulate_cases():
    for rank in RANKS:
        for of in GRADIENTS:
            yield conv(of, f'{rank}d added to another, relu', SIZE[rank], 2, 3, TAPS[rank], {'padding': 1, 'activation': 'relu'},
                       source='output', accumulate=True)  # fmt: skip
            yield conv(of, f'{rank}d added to another, replicate, channels last', SIZE[rank], 2, 2, TAPS[rank],
                       {'padding': 1, 'paddingMode': 'replicate', 'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][2]},
                       accumulate=True)  # fmt: skip
            yield transposed(of, f'{rank}d added to another', SIZE[rank][:rank], 2, 2, TAPS[rank], {'strides': 2, 'groups': 2}, accumulate=True)


def half_cases():
    half = {'dtype': 'float16'}
    for rank in RANKS:
        size, taps = SIZE[rank], TAPS[rank]
        last = {'inputLayout': INPUT_LAYOUTS[rank][1], 'filterLayout': FILTER_LAYOUTS[rank][2]}
        for of in GRADIENTS:
            yield conv(of, f'{rank}d float16', size, 3, 5, taps, {'padding': 1}, **half)
            yield conv(of, f'{rank}d float16, channels last, strided, added to another', size, 3, 3, taps, {**last, 'strides': 2},
                       accumulate=True, **half)  # fmt: skip
            yield transposed(of, f'{rank}d float16, depthwise, flipped', size, 3, 3, taps, {'groups': 3, 'flipFilter': True}, **half)
        for of in by_turns(0)(rank):
            yield conv(of, f'{rank}d float16, circular, relu', size, 2, 3, taps,
                       {'padding': 'same', 'paddingMode': 'circular', 'activation': 'relu'}, source='output', **half)  # fmt: skip
        yield conv('input', f'{rank}d float16 with a float32 filter', size, 2, 3, taps, {'padding': 1}, filter_dtype='float32', **half)
        yield conv('input', f'{rank}d float32 with a float16 filter', size, 2, 3, taps, {**last}, filter_dtype='float16')
    yield conv('input', '2d float16 beyond 65504', (4, 3), 4, 3, (3, 3), {'padding': 'full'}, magnitude=30000.0, **half)
    yield conv('filter', '2d float16 beyond 65504', (4, 5), 2, 2, (3, 3), {'padding': 1}, magnitude=50000.0, **half)
    yield conv('filter', '1d float16, sums of 1030 products', (1030,), 1, 1, (3,), {'padding': 1}, **half)


def size_cases():
    rows = [
        ('1 of everything', (1, 1, 1), 1, 1, (1, 1, 1), {}, 1),
        ('1 element, padded filter', (1, 1, 1), 3, 2, (3, 3, 3), {'padding': 1}, 2),
        ('filter as large as the input: a dense layer', (3, 4, 3), 3, 5, (3, 4, 3), {}, 2),
        ('filter larger than the input', (2, 3, 2), 2, 2, (5, 4, 3), {'padding': [3, 2, 1]}, 1),
        ('stride above the filter: inputs that no window meets', (11, 7, 6), 2, 3, (2, 2, 1), {'strides': [5, 3, 4]}, 1),
        ('stride above the input', (3, 5, 4), 2, 3, (2, 3, 2), {'strides': 9, 'padding': 1}, 2),
        ('outputs that see padding only', (2, 3, 2), 2, 2, (2, 2, 2), {'padding': 4, 'strides': 2}, 1),
        ('taps that all lie in padding: no gradient', (2, 2, 3), 2, 2, (3, 3, 3), {'padding': 5, 'dilations': 5}, 1),
        ('primes', (7, 5, 3), 5, 7, (3, 2, 2), {'strides': [2, 1, 1], 'padding': [1, 0, 1]}, 1),
    ]
    for rank in RANKS:
        for index, (label, size, channels, filters, taps, options, batch) in enumerate(rows):
            cut = {key: value[:rank] if isinstance(value, list) else value for key, value in options.items()}
            for of in by_turns(index)(rank):
                yield conv(of, f'{rank}d {label}', size[:rank], channels, filters, taps[:rank], cut, batch=batch)
    for channels, filters in ((1, 9), (17, 2), (16, 16), (3, 33), (33, 4)):
        for of in GRADIENTS:
            yield conv(of, f'2d {channels} channels, {filters} filters', (4, 3), channels, filters, (2, 2), {'padding': [1, 0]})
            yield conv(of, f'2d 1x1, {channels} channels, {filters} filters', (3, 3), channels, filters, (1, 1), {})
    for of in GRADIENTS:
        yield conv(of, '2d 3x3, 4 channels, 4 filters', (6, 8), 4, 4, (3, 3), {'padding': 1})
        yield conv(of, '2d 5x5 depthwise', (8, 9), 2, 2, (5, 5), {'padding': 2, 'groups': 2})
        yield conv(of, '2d 9x9', (11, 12), 1, 2, (9, 9), {'padding': 4})
        yield conv(of, '2d 11 images', (3, 3), 2, 3, (2, 2), {}, batch=11)
        yield conv(of, '2d gradients of 1e6', (5, 4), 2, 3, (3, 3), {'padding': 1}, magnitude=1e6)
        yield conv(of, '2d gradients of 1e-30', (5, 4), 2, 3, (3, 3), {'padding': 1}, magnitude=1e-30)
        yield conv(of, '1d sums of many products', (300,), 1, 2, (3,), {'padding': 1}, batch=2)


def channel_cases():
    """Gradients of filters of nine channels, which is a tile of eight and one more: every option again."""
    rows = [
        ('strided, padded', {'strides': 2, 'padding': 1}, {}),
        ('dilated, "same"', {'dilations': 2, 'padding': 'same'}, {'accumulate': True}),
        ('reflect padding', {'paddingMode': 'reflect', 'padding': 1}, {}),
        ('circular padding, crops', {'paddingMode': 'circular', 'padding': [[2, -1], [-1, 2], [1, 1]]}, {}),
        ('constant 0.75 padding, ceil', {'paddingMode': 0.75, 'padding': 1, 'strides': 2, 'rounding': 'ceil'}, {}),
        ('flipped, 2 groups', {'flipFilter': True, 'groups': 2}, {}),
        ('channels last', {'inputLayout': 1, 'filterLayout': 2, 'padding': 1}, {'batch': 2}),
        ('float16', {'padding': 1}, {'dtype': 'float16'}),
    ]
    for rank in RANKS:
        size = [9, 5, 4][:rank] if rank == 1 else [5, 4, 4][:rank]
        for label, options, more in rows:
            cut = {key: value[:rank] if isinstance(value, list) else value for key, value in options.items()}
            cut |= {key: table[rank][cut[key]] for key, table in (('inputLayout', INPUT_LAYOUTS), ('filterLayout', FILTER_LAYOUTS)) if key in cut}
            groups = cut.get('groups', 1)
            yield conv('filter', f'{rank}d 9 channels, {label}', size, 9 * groups, 2 * groups, [2] * rank, cut, **more)
        yield transposed('filter', f'{rank}d 9 output channels, strided', size, 2, 9, [2] * rank, {'strides': 2})


def mixed_cases(count=8):
    """Everything at random together, from fixed seeds; what is no valid problem is drawn again."""
    for operator in ('conv', 'convTranspose'):
        for rank in RANKS:
            for index in range(count):
                draw = random.Random(f'gradients {operator} {rank} {index}')
                while True:
                    try:
                        of = GRADIENTS[index % 2]
                        yield mixed_case(operator, rank, of, f'{operator}{rank}d mixed {index + 1}, gradient of the {of}', draw)
                        break
                    except ValueError:
                        continue


def mixed_case(operator, rank, of, name, draw):
    each = lambda least, most: [draw.randint(least, most) for _ in range(rank)]
    groups = draw.choice([1, 1, 2, 3])
    options = {
        'groups': groups,
        'strides': each(1, 3 if rank < 3 else 2),
        'dilations': each(1, 3 if rank < 3 else 2),
        'inputLayout': draw.choice(INPUT_LAYOUTS[rank]),
        'filterLayout': draw.choice(FILTER_LAYOUTS[rank]),
        'flipFilter': draw.random() < 0.4,
    }
    if operator == 'conv':
        options['padding'] = [draw_side(draw) for _ in range(rank)]
        options['paddingMode'] = draw.choice(['zeros', *MODES])
        cropped = any(not isinstance(entry, (str, int)) and entry[1] < 0 or entry == -1 for entry in options['padding'])
        options['rounding'] = 'floor' if cropped else draw.choice(['floor', 'ceil', 'exact'])
    else:
        side = lambda: draw.choice(['same', 'same-lower', 'causal', 'valid', draw.randint(0, 2), [draw.randint(-2, 2), draw.randint(-1, 2)]])
        options['padding'] = [side() for _ in range(rank)]
        pairs = zip(options['strides'], options['dilations'])
        options['outputPadding'] = [draw.randint(0, max(pair) - 1) for pair in pairs]
    activation = draw.choice(['none', 'none', 'relu', 'sigmoid', 'silu', 'prelu', {'name': 'leakyRelu', 'alpha': 0.2}])
    if activation != 'none':
        options['activation'] = activation
    source = 'output' if epilogue.name_of(activation) in ('relu', 'sigmoid', 'leakyRelu') and draw.random() < 0.5 else 'preActivation'
    most = {1: 20, 2: 7, 3: 4}[rank] if operator == 'conv' else {1: 8, 2: 4, 3: 2}[rank]
    return conv_case(
        of, operator, name, each(2, most), groups * draw.randint(1, 3), groups * draw.randint(1, 3), each(1, 4 if rank < 3 else 3), options,
        batch=draw.randint(1, 2), source=source, accumulate=draw.random() < 0.3,
    )  # fmt: skip


def cases():
    for make in (layout_cases, padding_cases, mode_cases, rounding_cases, group_cases, dilation_and_flip_cases, transposed_cases,
                 fused_cases, accumulate_cases, half_cases, size_cases, channel_cases, mixed_cases):  # fmt: skip
        yield from make()
