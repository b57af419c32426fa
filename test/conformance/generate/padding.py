"""Padding in numbers, found from what each rule promises, and padded tensors by F.pad and numpy.pad."""
import numpy as np
import torch
import torch.nn.functional as F

from values import f32


def entries(padding, rank):
    """One entry for each axis: a rule, or a pair of numbers."""
    listed = list(padding) if isinstance(padding, (list, tuple)) else [padding] * rank
    assert len(listed) == rank, padding
    return [entry if isinstance(entry, (str, list, tuple)) else (entry, entry) for entry in listed]


def conv_sides(entry, size, extent, stride):
    """Elements before and after an axis of a convolution, whose dilated filter covers `extent`."""
    if entry == 'valid':
        return 0, 0
    if entry == 'full':  # from the output that only the filter's last tap sees, to the one that only its first does
        return extent - 1, extent - 1
    if entry == 'causal':
        return extent - 1, 0
    if entry in ('same', 'same-lower'):  # the least padding that makes the output ceil(size / stride) long
        wanted = -(-size // stride)
        total = 0
        while (size + total - extent) // stride + 1 < wanted:
            total += 1
        less = total // 2
        return (less, total - less) if entry == 'same' else (total - less, less)
    begin, end = entry
    return begin, end


def transposed_sides(entry, size, extent, stride):
    """Elements cropped from both ends of a transposed convolution's whole output, and its size before outputPadding."""
    whole = (size - 1) * stride + extent
    too_long = max(0, whole - size * stride)
    if entry == 'valid':
        return 0, whole
    if entry == 'full':
        return extent - 1, whole - 2 * (extent - 1)
    if entry == 'same':
        return too_long // 2, size * stride
    if entry == 'same-lower':
        return too_long - too_long // 2, size * stride
    if entry == 'causal':
        return 0, size * stride
    begin, end = entry
    return begin, whole - begin - end


def rounded_end(size, sides, extent, stride, rounding):
    """Elements to add after the end so that every output has its window; raises ValueError where there is no output."""
    begin, end = sides
    span = size + begin + end - extent
    if span < 0:
        raise ValueError('the filter is larger than the padded input')
    left = span % stride
    if left == 0 or rounding == 'floor':
        return 0
    if rounding == 'exact':
        raise ValueError('does not fit')
    start = (span // stride + 1) * stride  # of one more window, in the padded input
    return stride - left if start < size + begin else 0


def flat(sides):
    """Pairs for each axis, outermost first, in the order of F.pad: innermost first."""
    return [number for pair in reversed(sides) for number in pair]


def taken(x, places):
    """The elements of (N, C, ...) at these places of each spatial axis."""
    for axis, chosen in enumerate(places):
        x = x.index_select(2 + axis, torch.from_numpy(chosen))
    return x


def pad(x, sides, mode='zeros'):
    """Pads the spatial axes of (N, C, ...); negative sides crop, after the padding was made of all of the input."""
    more = [(max(0, begin), max(0, end)) for begin, end in sides]
    less = [(min(0, begin), min(0, end)) for begin, end in sides]
    sizes = x.shape[2:]
    if mode == 'zeros' or not isinstance(mode, str):
        x = F.pad(x, flat(more), 'constant', 0.0 if mode == 'zeros' else f32(mode))
    elif mode == 'symmetric':
        x = taken(x, [np.pad(np.arange(size), pair, 'symmetric') for pair, size in zip(more, sizes)])
    elif mode == 'circular' and any(max(pair) > size for pair, size in zip(more, sizes)):  # more than F.pad allows
        x = taken(x, [np.arange(-begin, size + end) % size for (begin, end), size in zip(more, sizes)])
    else:
        if mode == 'reflect' and any(max(pair) >= size for pair, size in zip(more, sizes)):
            raise ValueError('cannot be reflected')
        x = F.pad(x, flat(more), mode)
    return F.pad(x, flat(less))
