"""Writes the conformance fixtures: convolutions, poolings, signal functions, activations and gradients as other systems compute them.

Run from the root of the repository, with PyTorch 1.13 and SciPy 1.10 (Debian 12: apt install python3-torch python3-scipy):

    python3 test/conformance/generate/generate.py

Every case is computed in float64 from float32 or float16 values with fixed seeds, so that a second run writes the same
values. None of this uses the library: options are read as its documentation defines them.
"""
import pathlib
import sys
import warnings

sys.dont_write_bytecode = True  # before the modules beside this file are imported

import numpy as np
import scipy
import torch

import cases_activation
import cases_activation_gradients
import cases_conv
import cases_gradients
import cases_pool
import cases_pool_gradients
import cases_signal
import cases_transposed
from write import write_family


def gradients():
    for module in (cases_gradients, cases_activation_gradients, cases_pool_gradients):
        yield from module.cases()


PYTORCH = f'PyTorch {torch.__version__}'
FAMILIES = {
    'conv': (PYTORCH, cases_conv.cases),
    'transposed': (PYTORCH, cases_transposed.cases),
    'pool': (PYTORCH, cases_pool.cases),
    'signal': (f'SciPy {scipy.__version__}', cases_signal.cases),
    'activation': (PYTORCH, cases_activation.cases),
    'gradients': (PYTORCH, gradients),
}


def main():
    warnings.filterwarnings('ignore', message='Using padding=')
    torch.set_num_threads(1)  # one order of summing
    torch.backends.mkldnn.enabled = False
    np.seterr(over='raise', invalid='raise')
    folder = pathlib.Path(__file__).resolve().parents[1]
    total = 0
    for family, (system, make) in FAMILIES.items():
        cases = list(make())
        total += len(cases)
        index_bytes, value_bytes = write_family(folder, family, system, cases)
        print(f'{family}: {len(cases)} cases, {index_bytes} + {value_bytes} bytes')
    print(f'{total} cases')


if __name__ == '__main__':
    sys.exit(main())
