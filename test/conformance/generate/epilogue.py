"""What happens to a sum before it is stored: act((sum + bias) * scale + shift + residual), by PyTorch in float64."""
import numpy as np
import torch
import torch.nn.functional as F

from values import f32, generator, uniform

NAMES = [
    'none', 'relu', 'relu6', 'leakyRelu', 'elu', 'prelu', 'sigmoid', 'hardSigmoid', 'tanh', 'gelu', 'geluTanh',
    'silu', 'hardSwish', 'mish', 'softplus', 'clamp',
]  # fmt: skip
# defaults and other parameters: every form that the option has
FORMS = [
    *[name for name in NAMES if name not in ('none', 'prelu')],
    {'name': 'relu6'},
    {'name': 'leakyRelu', 'alpha': 0.2},
    {'name': 'leakyRelu', 'alpha': 1.5},
    {'name': 'leakyRelu', 'alpha': -0.5},
    {'name': 'elu', 'alpha': 0.7},
    {'name': 'elu', 'alpha': 2},
    {'name': 'hardSigmoid', 'alpha': 0.25, 'beta': 0.375},
    {'name': 'hardSigmoid', 'alpha': 1 / 6},
    {'name': 'hardSigmoid', 'beta': 0.125},
    {'name': 'clamp', 'min': -0.5, 'max': 0.25},
    {'name': 'clamp', 'min': -0.75},
    {'name': 'clamp', 'max': 0.5},
]
PYTORCH_HARD_SIGMOID = 1 / 6
CHANNEL_TERMS = [('bias',), ('scale', 'shift'), ('bias', 'scale', 'shift'), ('scale',), ('shift',)]


def name_of(activation):
    return activation if isinstance(activation, str) else activation['name']


def terms_with(activation, number):
    """Operands to go with an activation: whether it has channel terms and a residual depends on its name alone, since each
    combination is a pipeline of its own in every kernel, which software adapters compile in seconds. 'none' has them all."""
    index = number if activation == 'none' else NAMES.index(name_of(activation))
    terms = CHANNEL_TERMS[number // 4 % 5 if activation == 'none' else number % 5] if index % 2 else ()
    return (*terms, 'residual') if index % 4 >= 2 else terms


def label(activation):
    if isinstance(activation, str):
        return activation
    given = ', '.join(f'{key} {value:.6g}' for key, value in activation.items() if key != 'name')
    return f'{activation["name"]} with {given}' if given else f'{activation["name"]} as an object'


def uncertainty(activation):
    """How far values are off because PyTorch's alpha of 1/6 is no f32 number: |x| * |1/6 - f32(1/6)| where |x| <= 3."""
    if name_of(activation) == 'hardSigmoid' and not isinstance(activation, str):
        if activation.get('alpha') == PYTORCH_HARD_SIGMOID:
            return 3 * abs(PYTORCH_HARD_SIGMOID - f32(PYTORCH_HARD_SIGMOID)) * 1.01
    return 0.0


def activate(activation, x, slope=None):
    """Applies an activation option to a float64 tensor; `slope` has one value, or one for each channel (axis 1)."""
    name = name_of(activation)
    given = {} if isinstance(activation, str) else activation
    parameter = lambda key, default: f32(given.get(key, default))
    if name == 'none':
        return x
    if name == 'relu':
        return F.relu(x)
    if name == 'relu6':
        return F.relu6(x)
    if name == 'leakyRelu':
        return F.leaky_relu(x, parameter('alpha', 0.01))
    if name == 'elu':
        return F.elu(x, parameter('alpha', 1.0))
    if name == 'prelu':
        return F.prelu(x, torch.from_numpy(slope.astype(np.float64)))
    if name == 'sigmoid':
        return torch.sigmoid(x)
    if name == 'hardSigmoid':
        if given.get('alpha') == PYTORCH_HARD_SIGMOID:
            return F.hardsigmoid(x)
        return F.hardtanh(parameter('alpha', 0.2) * x + parameter('beta', 0.5), 0, 1)
    if name == 'tanh':
        return torch.tanh(x)
    if name == 'gelu':
        return F.gelu(x)
    if name == 'geluTanh':
        return F.gelu(x, approximate='tanh')
    if name == 'silu':
        return F.silu(x)
    if name == 'hardSwish':
        return F.hardswish(x)
    if name == 'mish':
        return F.mish(x)
    if name == 'softplus':
        return F.softplus(x, threshold=700)  # not PyTorch's default, which gives up precision beyond 20
    if name == 'clamp':
        # not torch.clamp, whose derivative at the bounds themselves is 1
        return F.hardtanh(x, parameter('min', -np.inf), parameter('max', np.inf))
    raise KeyError(name)


def batch_norm_terms(case, channels):
    """A batch norm whose folded scale and shift are f32 numbers exactly: 8-bit parts, and var + eps a power of 4."""
    draw = lambda part: np.round(generator(case, part).uniform(-1, 1, channels) * 128) / 64
    gamma, beta, mean = draw('gamma'), draw('beta'), draw('mean')
    eps = 2.0**-10
    deviation = 2.0 ** np.round(generator(case, 'variance').uniform(-1, 2, channels))
    norm = {'mean': mean, 'var': deviation**2 - eps, 'gamma': gamma, 'beta': beta, 'eps': eps}
    scale = gamma / deviation
    shift = beta - mean * scale
    folded = {'scale': scale.astype(np.float32), 'shift': shift.astype(np.float32)}
    assert (folded['scale'] == scale).all() and (folded['shift'] == shift).all()
    return norm, folded


def finish(case, sums, terms, activation, dtype, magnitude=1.0):
    """Ends a convolution. Returns the outputs and the operands of `terms`; the residual is still (N, K, ...)."""
    channels = sums.shape[1]
    column = lambda values: torch.from_numpy(values.astype(np.float64)).reshape(1, -1, *[1] * (sums.dim() - 2))
    operands = {}
    # channel terms are f32; of a float16 case they are float16 numbers too, so that it does not matter
    drawn = lambda term, size=None: uniform(case, term, size or [channels], dtype, magnitude).astype(np.float32)
    y = sums
    if 'bias' in terms:
        operands['bias'] = drawn('bias')
        y = y + column(operands['bias'])
    if 'batch norm' in terms:
        norm, folded = batch_norm_terms(case, channels)
        operands.update(folded)
        tensors = {key: torch.from_numpy(value) for key, value in norm.items() if key != 'eps'}
        y = F.batch_norm(y, tensors['mean'], tensors['var'], tensors['gamma'], tensors['beta'], eps=norm['eps'])
    if 'scale' in terms:
        operands['scale'] = drawn('scale')
        y = y * column(operands['scale'])
    if 'shift' in terms:
        operands['shift'] = drawn('shift')
        y = y + column(operands['shift'])
    if 'residual' in terms:
        operands['residual'] = uniform(case, 'residual', tuple(sums.shape), dtype, magnitude)
        y = y + torch.from_numpy(operands['residual'].astype(np.float64))
    slope = None
    if name_of(activation) == 'prelu':
        slope = operands['slope'] = drawn('slope', [1] if 'one slope' in terms else None)
    return activate(activation, y, slope), operands
