"""One case of a convolution or a transposed one, computed in float64 by PyTorch from options in the library's words."""
import numpy as np
import torch
import torch.nn.functional as F

import epilogue
from layouts import SPATIAL, per_axis, to_layout
from padding import conv_sides, entries, pad, rounded_end, transposed_sides
from values import DTYPES, uniform
from write import Case

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def double(array):
    return torch.from_numpy(array.astype(np.float64))


def flipped(w, options):
    return torch.flip(w, list(range(2, w.dim()))) if options.get('flipFilter') else w


def conv_sums(x, w, options):
    """Cross-correlation: all padding is made beforehand."""
    rank = x.dim() - 2
    stride, dilation = per_axis(options.get('strides', 1), rank), per_axis(options.get('dilations', 1), rank)
    sides = []
    for axis, entry in enumerate(entries(options.get('padding', 0), rank)):
        extent = (w.shape[2 + axis] - 1) * dilation[axis] + 1
        begin, end = conv_sides(entry, x.shape[2 + axis], extent, stride[axis])
        end += rounded_end(x.shape[2 + axis], (begin, end), extent, stride[axis], options.get('rounding', 'floor'))
        sides.append((begin, end))
    padded = pad(x, sides, options.get('paddingMode', 'zeros'))
    groups = options.get('groups', 1)
    y = CONV[rank](padded, flipped(w, options), stride=stride, dilation=dilation, groups=groups)
    if options.get('padding') == 'same' and options.get('paddingMode', 'zeros') == 'zeros' and set(stride) == {1}:
        own = CONV[rank](x, flipped(w, options), padding='same', dilation=dilation, groups=groups)
        assert torch.allclose(own, y, rtol=0, atol=1e-9 * float(y.abs().max() + 1))  # PyTorch's own rule
    return y


def transposed_sums(x, w, options):
    """All of the transposed convolution, then cropped, or longer by zeros."""
    rank = x.dim() - 2
    stride, dilation = per_axis(options.get('strides', 1), rank), per_axis(options.get('dilations', 1), rank)
    more = per_axis(options.get('outputPadding', 0), rank)
    wanted = per_axis(options.get('outputShape'), rank)
    groups = options.get('groups', 1)
    step = {'stride': stride, 'dilation': dilation, 'groups': groups}
    sides, begins, sizes, least = [], [], [], []
    for axis, entry in enumerate(entries(options.get('padding', 0), rank)):
        size, extent = x.shape[2 + axis], (w.shape[2 + axis] - 1) * dilation[axis] + 1
        begin, natural = transposed_sides(entry, size, extent, stride[axis])
        output = natural + more[axis] if wanted[axis] is None else wanted[axis]
        if output < 1:
            raise ValueError('nothing is left')
        sides.append((-begin, output + begin - ((size - 1) * stride[axis] + extent)))
        begins.append(begin)
        sizes.append(output)
        least.append((size - 1) * stride[axis] + extent - 2 * begin)
    y = pad(TRANSPOSED[rank](x, flipped(w, options), **step), sides)
    ends = [size - other for size, other in zip(sizes, least)]
    if all(begin >= 0 and 0 <= end < max(s, d) for begin, end, s, d in zip(begins, ends, stride, dilation)):
        own = TRANSPOSED[rank](x, flipped(w, options), padding=begins, output_padding=ends, **step)
        assert own.shape == y.shape  # PyTorch's own cropping
        assert torch.allclose(own, y, rtol=0, atol=1e-9 * float(y.abs().max() + 1))
    return y


def layouts(rank, options, default_filter):
    s = SPATIAL[rank]
    return 'nc' + s, options.get('inputLayout', 'nc' + s), default_filter + s, options.get('filterLayout', default_filter + s)


def case(
    operator, name, size, channels, filters, taps, options=None, *,
    batch=1, terms=(), dtype='float32', filter_dtype=None, magnitude=1.0, term_magnitude=1.0, dyadic=False,
):  # fmt: skip
    """`channels` and `filters` over all groups; `size` and `taps` for each axis. Raises ValueError for no valid problem."""
    options = dict(options or {})
    rank = len(size)
    transposed = operator == 'convTranspose'
    groups = options.get('groups', 1)
    shape = (channels, filters // groups, *taps) if transposed else (filters, channels // groups, *taps)
    assert channels % groups == 0 and filters % groups == 0 and len(taps) == rank, name
    x = uniform(name, 'input', (batch, channels, *size), dtype, magnitude)
    w = uniform(name, 'filter', shape, filter_dtype or dtype)
    if dyadic:  # few bits: every order of summing is exact, and ties are common
        x, w = (np.round(values * 8).astype(values.dtype) for values in (x, w))
    sums = (transposed_sums if transposed else conv_sums)(double(x), double(w), options)
    activation = options.get('activation', 'none')
    y, operands = epilogue.finish(name, sums, terms, activation, dtype, term_magnitude)
    plain_input, input_layout, plain_filter, filter_layout = layouts(rank, options, 'io' if transposed else 'oi')
    operands = {
        'input': to_layout(x, plain_input, input_layout),
        'filter': to_layout(w, plain_filter, filter_layout),
        **{key: value for key, value in operands.items() if key != 'residual'},
        **({'residual': to_layout(operands['residual'], plain_input, input_layout)} if 'residual' in operands else {}),
    }
    assert all(value.dtype in DTYPES.values() for value in operands.values())
    return Case(
        name=name,
        operator=f'{operator}{rank}d',
        options=options,
        operands=operands,
        expected=to_layout(y.numpy(), plain_input, input_layout),
        uncertainty=epilogue.uncertainty(activation),
    )
