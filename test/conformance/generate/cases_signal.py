"""SciPy's convolution and correlation of signals and images: every mode, boundary and relation of sizes."""
import numpy as np
from scipy import signal

from values import f32, uniform
from write import Case

MODES = ('full', 'same', 'valid')
# lengths of a and b: odd and even, b longer, equal, single
LENGTHS = [(17, 5), (16, 4), (17, 4), (12, 7), (5, 17), (4, 9), (7, 7), (6, 1), (1, 6), (1, 1)]
SIZES = [((7, 9), (3, 5)), ((8, 6), (4, 2)), ((7, 8), (4, 3)), ((5, 5), (5, 5)), ((3, 2), (6, 5)), ((1, 9), (1, 4)), ((6, 1), (3, 1))]
BOUNDARIES = [('fill', 0), ('fill', 1.5), ('fill', -0.1), ('wrap', 0), ('symm', 0)]
OPERATORS = ('convolve', 'correlate')


def case(operator, name, a_shape, b_shape, options, magnitude=1.0, dtype='float32'):
    a, b = uniform(name, 'a', a_shape, dtype, magnitude), uniform(name, 'b', b_shape, dtype)
    x, y = a.astype(np.float64), b.astype(np.float64)
    mode = options.get('mode', 'full')
    if len(a_shape) == 1:
        expected = getattr(signal, operator)(x, y, mode=mode, method='direct')
    else:
        boundary = options.get('boundary', 'fill')
        # symm and wrap do not look at the fill value
        expected = getattr(signal, operator + '2d')(x, y, mode, boundary, fillvalue=f32(options.get('fillValue', 0)))
    return Case(name=name, operator=operator, options=options, operands={'a': a, 'b': b}, expected=np.ascontiguousarray(expected))


def sequence_cases():
    for operator in OPERATORS:
        for mode in MODES:
            for a, b in LENGTHS:
                yield case(operator, f'{operator} {a} with {b}, {mode}', (a,), (b,), {'mode': mode})
        yield case(operator, f'{operator} 23 with 6, default mode', (23,), (6,), {})
        yield case(operator, f'{operator} 2101 with 64, same', (2101,), (64,), {'mode': 'same'})
        yield case(operator, f'{operator} float16, 2101 with 33', (2101,), (33,), {}, dtype='float16')
        yield case(operator, f'{operator} 31 with 8, inputs of 1e6', (31,), (8,), {'mode': 'same'}, magnitude=1e6)


def image_cases():
    text = lambda shape: 'x'.join(map(str, shape))
    for number, operator in enumerate(OPERATORS):
        for column, mode in enumerate(MODES):
            for row, (a, b) in enumerate(SIZES):
                # every boundary with every mode and every relation of sizes, over both operators; 'valid' sees no boundary
                for index, (boundary, fill) in enumerate(BOUNDARIES):
                    if mode == 'valid' and index != row % 2 * 3 or mode != 'valid' and (index + row + column + number) % 2:
                        continue
                    options = {'mode': mode, 'boundary': boundary, **({'fillValue': fill} if fill else {})}
                    label = f'{boundary} {fill}' if fill else boundary
                    yield case(operator, f'{operator} {text(a)} with {text(b)}, {mode}, {label}', a, b, options)
        yield case(operator, f'{operator} float16, 9x8 with 3x2, same, symm', (9, 8), (3, 2), {'mode': 'same', 'boundary': 'symm'},
                   dtype='float16')  # fmt: skip
        yield case(operator, f'{operator} 9x8 with 4x3, default mode and boundary', (9, 8), (4, 3), {})


def cases():
    yield from sequence_cases()
    yield from image_cases()
