"""What a case is, and how a family of cases is written: an index in JSON, a line a case, and all values in one binary file."""
import datetime
import json
import pathlib
import platform
from dataclasses import dataclass

import numpy as np

STORED = {'float32': '<f4', 'float16': '<f2', 'float64': '<f8', 'uint32': '<u4'}


@dataclass
class Case:
    name: str
    operator: str
    options: dict
    operands: dict  # by name: arrays of float32 or float16
    expected: np.ndarray  # float64
    indices: np.ndarray | None = None  # of a max pooling
    places: np.ndarray | None = None  # of its gradient: where the largest values stood, an operand
    uncertainty: float = 0.0  # absolute, of every expected value, where it is not that of float64


class Values:
    """The binary file, each array at a multiple of 8 bytes, little-endian."""

    def __init__(self):
        self.chunks, self.length = [], 0

    def add(self, array):
        dtype = str(array.dtype)
        data = np.ascontiguousarray(array).astype(STORED[dtype]).tobytes()
        place = {'shape': list(array.shape), 'dtype': dtype, 'offset': self.length}
        padded = data + bytes(-len(data) % 8)
        self.chunks.append(padded)
        self.length += len(padded)
        return place


def write_family(folder, family, system, cases):
    """Writes <family>.json and <family>.bin, and returns the number of bytes of both."""
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    values, records = Values(), []
    for case in cases:
        expected = case.expected
        assert expected.dtype == np.float64 and np.isfinite(expected).all() and expected.size > 0, case.name
        record = {'name': case.name, 'operator': case.operator, 'options': case.options}
        record['operands'] = {name: values.add(array) for name, array in case.operands.items()}
        record['expected'] = values.add(expected)
        if case.indices is not None:
            record['indices'] = values.add(case.indices.astype(np.uint32))
        if case.places is not None:
            record['places'] = values.add(case.places.astype(np.uint32))
        if case.uncertainty:
            record['uncertainty'] = case.uncertainty
        records.append(json.dumps(record, separators=(',', ':')))
    header = {
        'family': family,
        'system': system,
        'numpy': np.__version__,
        'python': platform.python_version(),
        'script': 'test/conformance/generate/generate.py',
        'date': datetime.date.today().isoformat(),
        'bytes': values.length,
    }
    lines = ',\n'.join(records)
    text = json.dumps(header, separators=(',', ':'))[:-1] + f',"cases":[\n{lines}\n]}}\n'
    json.loads(text)
    folder = pathlib.Path(folder)
    (folder / f'{family}.json').write_text(text, encoding='utf-8')
    (folder / f'{family}.bin').write_bytes(b''.join(values.chunks))
    return len(text.encode()), values.length
