"""Layouts as letters, and the order of axes that PyTorch has."""
import numpy as np

SPATIAL = {1: 'w', 2: 'hw', 3: 'dhw'}
INPUT_LAYOUTS = {rank: ('nc' + letters, 'n' + letters + 'c') for rank, letters in SPATIAL.items()}
FILTER_LAYOUTS = {
    rank: ('oi' + s, 'io' + s, s + 'io', s + 'oi', 'o' + s + 'i', 'i' + s + 'o') for rank, s in SPATIAL.items()
}


def to_layout(array, given, wanted):
    """The same values with their axes in another order."""
    return np.ascontiguousarray(np.transpose(array, [given.index(letter) for letter in wanted]))


def per_axis(value, rank):
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank
