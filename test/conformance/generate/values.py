"""Seeded values: what an operand holds depends on the names of its case and of itself, not on the order of the cases."""
import zlib

import numpy as np

DTYPES = {'float32': np.float32, 'float16': np.float16}


def generator(case, operand):
    return np.random.Generator(np.random.PCG64(zlib.crc32(f'{case}/{operand}'.encode())))


def uniform(case, operand, shape, dtype='float32', magnitude=1.0):
    """Values in [-magnitude, magnitude), rounded to their stored type."""
    return (generator(case, operand).uniform(-1, 1, shape) * magnitude).astype(DTYPES[dtype])


def f32(value):
    """A parameter as the library takes it: rounded to f32."""
    return float(np.float32(value))
