"""Writes ../optimizers.json: weights after ten steps of PyTorch's optimisers with given gradients, in float64.

Run from the root of the repository, with PyTorch 1.13 (Debian 12: apt install python3-torch):

    /usr/bin/python3 test/conformance/generate/optimizers.py

Weights and gradients are float32 numbers of a fixed seed. None of this uses the library; parameters have its names.
"""
import datetime
import json
import pathlib
import platform

import numpy as np
import torch

STEPS, WEIGHTS = 10, 7
CASES = {
    'sgd': ({'name': 'sgd', 'learningRate': 0.05}, lambda w: torch.optim.SGD([w], lr=0.05)),
    'sgd, momentum': (
        {'name': 'sgd', 'learningRate': 0.05, 'momentum': 0.9},
        lambda w: torch.optim.SGD([w], lr=0.05, momentum=0.9),
    ),
    'sgd, momentum, weight decay': (
        {'name': 'sgd', 'learningRate': 0.1, 'momentum': 0.5, 'weightDecay': 0.03},
        lambda w: torch.optim.SGD([w], lr=0.1, momentum=0.5, weight_decay=0.03),
    ),
    'adam': ({'name': 'adam'}, lambda w: torch.optim.Adam([w])),
    'adam, all parameters': (
        {'name': 'adam', 'learningRate': 0.02, 'beta1': 0.8, 'beta2': 0.95, 'epsilon': 0.001},
        lambda w: torch.optim.Adam([w], lr=0.02, betas=(0.8, 0.95), eps=0.001),
    ),
    'adam, weight decay': (
        {'name': 'adam', 'learningRate': 0.01, 'weightDecay': 0.1},
        lambda w: torch.optim.AdamW([w], lr=0.01, weight_decay=0.1),
    ),
}


def run(make, first, gradients):
    """The weights after each gradient was applied."""
    weights = torch.tensor(first, dtype=torch.float64, requires_grad=True)
    optimizer = make(weights)
    for gradient in gradients:
        weights.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
    return weights.detach().tolist()


def main():
    random = np.random.default_rng(1)
    first = random.uniform(-1, 1, WEIGHTS).astype(np.float32).astype(np.float64).tolist()
    gradients = random.uniform(-1, 1, (STEPS, WEIGHTS)).astype(np.float32).astype(np.float64).tolist()
    header = {
        'family': 'optimizers',
        'system': f'PyTorch {torch.__version__}',
        'python': platform.python_version(),
        'script': 'test/conformance/generate/optimizers.py',
        'date': datetime.date.today().isoformat(),
        'weights': first,
        'gradients': gradients,
    }
    cases = [
        json.dumps({'name': name, 'options': options, 'expected': run(make, first, gradients)}, separators=(',', ':'))
        for name, (options, make) in CASES.items()
    ]
    lines = ',\n'.join(cases)
    text = json.dumps(header, separators=(',', ':'))[:-1] + f',"cases":[\n{lines}\n]}}\n'
    json.loads(text)
    path = pathlib.Path(__file__).resolve().parents[1] / 'optimizers.json'
    path.write_text(text, encoding='utf-8')
    print(f'{len(cases)} cases, {len(text)} bytes')


if __name__ == '__main__':
    main()
