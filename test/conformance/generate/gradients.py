"""One case of a gradient, by PyTorch's autograd in float64 through the forward operator of the other families."""
import numpy as np
import torch

import epilogue
from convolve import conv_sums, double, layouts, transposed_sums
from layouts import SPATIAL, to_layout
from values import DTYPES, f32, uniform
from write import Case

# forms of which a derivative follows from the result, too: not those that take most values twice, or turn the sign
FROM_OUTPUT = [
    form for form in epilogue.FORMS
    if epilogue.name_of(form) in ('relu', 'relu6', 'leakyRelu', 'elu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'clamp')
    and (isinstance(form, str) or form.get('alpha', 1) >= 0)
]  # fmt: skip


def stored(values, dtype):
    return values.detach().numpy().astype(DTYPES[dtype])


def parameter(activation, key, default):
    return f32(default if isinstance(activation, str) else activation.get(key, default))


def from_output(activation, y, dy):
    """dy times the activation's derivative where it gave y: PyTorch's own backward functions of a result, or the derivative of the inverse."""
    name = epilogue.name_of(activation)
    alpha = parameter(activation, 'alpha', {'hardSigmoid': 0.2, 'leakyRelu': 0.01}.get(name, 1))
    backward = torch.ops.aten
    if name == 'relu':
        return backward.threshold_backward(dy, y, 0)
    if name == 'relu6':
        return backward.hardtanh_backward(dy, y, 0, 6)
    if name == 'clamp':
        return backward.hardtanh_backward(dy, y, parameter(activation, 'min', -np.inf), parameter(activation, 'max', np.inf))
    if name == 'hardSigmoid':
        return backward.hardtanh_backward(dy, y, 0, 1) * alpha
    if name == 'leakyRelu':
        return backward.leaky_relu_backward(dy, y, alpha, True)
    if name == 'elu':
        return backward.elu_backward(dy, alpha, 1, 1, True, y)
    if name == 'sigmoid':
        return backward.sigmoid_backward(dy, y)
    if name == 'tanh':
        return backward.tanh_backward(dy, y)
    if name == 'softplus':
        return at_input(activation, torch.log(torch.expm1(y)), dy)
    raise KeyError(name)


def at_input(activation, z, dy, slope=None):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(epilogue.activate(activation, z, slope), z, dy)[0]


def through_activation(case, options, z, dy, source, dtype, slopes='each'):
    """dy before the activation, and the operands that its derivative follows from: what is stored is what counts."""
    activation = options.get('activation', 'none')
    if activation == 'none':
        return dy, {}
    z = stored(z, dtype)
    if source == 'output':
        y = stored(epilogue.activate(activation, double(z)), dtype)
        return from_output(activation, double(y), dy), {'output': y}
    slope = None
    if epilogue.name_of(activation) == 'prelu':
        slope = uniform(case, 'slope', [z.shape[1] if slopes == 'each' else 1], dtype).astype(np.float32)
    given = {'preActivation': z, **({} if slope is None else {'slope': slope})}
    return at_input(activation, double(z), dy, slope), given


def uncertainty(activation, magnitude):
    """What PyTorch's alpha of 1/6, which is no f32 number, makes of gradients whose magnitudes sum to `magnitude` at most."""
    return 1.01 * abs(1 / 6 - f32(1 / 6)) * magnitude if epilogue.uncertainty(activation) else 0.0


def finish(case, operator, options, operands, result, plain, layout, dtype, accumulate, doubt=0.0):
    """A case of operands in their layouts, and of a result in `plain`, to which an existing gradient is added."""
    if accumulate:
        existing = uniform(case, 'accumulate', tuple(result.shape), dtype)
        operands = {**operands, 'accumulate': to_layout(existing, plain, layout)}
        result = result + double(existing)
    return Case(
        name=case,
        operator=operator,
        options=options,
        operands=operands,
        expected=to_layout(result.detach().numpy(), plain, layout),
        uncertainty=doubt,
    )


def conv_case(
    of, operator, name, size, channels, filters, taps, options=None, *,
    batch=1, source='preActivation', slopes='each', accumulate=False, dtype='float32', filter_dtype=None, magnitude=1.0, dyadic=False,
):  # fmt: skip
    """The gradient of the `input` or the `filter`. Arguments as of `convolve.case`; raises ValueError for no valid problem."""
    options = dict(options or {})
    transposed = operator == 'convTranspose'
    rank, groups = len(size), options.get('groups', 1)
    assert channels % groups == 0 and filters % groups == 0 and len(taps) == rank, name
    shape = (channels, filters // groups, *taps) if transposed else (filters, channels // groups, *taps)
    x = uniform(name, 'input', (batch, channels, *size), dtype)
    w = uniform(name, 'filter', shape, filter_dtype or dtype)
    leaves = [double(x).requires_grad_(), double(w).requires_grad_()]
    sums = (transposed_sums if transposed else conv_sums)(*leaves, options)
    dy = uniform(name, 'gradient', tuple(sums.shape), dtype, magnitude)
    if dyadic:  # few bits: every order of summing is exact
        dy = np.round(dy * 8).astype(dy.dtype)
    dz, given = through_activation(name, options, sums, double(dy), source, dtype, slopes)
    wanted = leaves[0 if of == 'input' else 1]
    (result,) = torch.autograd.grad(sums, wanted, dz)
    plain_input, input_layout, plain_filter, filter_layout = layouts(rank, options, 'io' if transposed else 'oi')
    laid = lambda array: to_layout(array, plain_input, input_layout) if array.ndim == rank + 2 else array
    laid_x, laid_w = laid(x), to_layout(w, plain_filter, filter_layout)
    operands = {
        'gradient': laid(dy),
        **({'filter': laid_w} if of == 'input' else {'input': laid_x}),
        **{key: laid(array) for key, array in given.items()},
    }
    options = {
        **({'operator': operator} if transposed else {}),
        **options,
        **({'inputShape': list(laid_x.shape)} if of == 'input' else {'filterShape': list(laid_w.shape)}),
    }
    plain, layout = (plain_input, input_layout) if of == 'input' else (plain_filter, filter_layout)
    doubt = uncertainty(options.get('activation', 'none'), float(np.abs(dy).sum(dtype=np.float64)))
    return finish(name, f'convBackward{of.capitalize()}', options, operands, result, plain, layout, dtype, accumulate, doubt)


def bias_case(name, shape, options=None, *, source='preActivation', slopes='each', accumulate=False, dtype='float32'):
    """The gradient of the bias of a convolution whose output is (N, K, ...)."""
    options = dict(options or {})
    bias = torch.zeros(shape[1], dtype=torch.float64, requires_grad=True)
    z = uniform(name, 'sums', shape, dtype, 3.0)
    dy = uniform(name, 'gradient', shape, dtype)
    dz, given = through_activation(name, options, double(z), double(dy), source, dtype, slopes)
    sums = double(z) + bias.reshape(1, -1, *[1] * (len(shape) - 2))
    (result,) = torch.autograd.grad(sums, bias, dz)
    plain = 'nc' + SPATIAL[len(shape) - 2]
    layout = options.get('inputLayout', plain)
    operands = {'gradient': dy, **given}
    operands = {key: to_layout(array, plain, layout) if array.ndim == len(shape) else array for key, array in operands.items()}
    doubt = uncertainty(options.get('activation', 'none'), float(np.abs(dy).sum(dtype=np.float64)))
    return finish(name, 'convBackwardBias', options, operands, result, 'o', 'o', dtype, accumulate, doubt)


def activation_case(name, activation, z, channels_last=False, *, source='preActivation', slopes='each', dtype='float32'):
    """The gradient before an activation by itself; z is (N, C, ...)."""
    plain = 'nc' + SPATIAL[z.ndim - 2]
    layout = 'n' + SPATIAL[z.ndim - 2] + 'c' if channels_last else plain
    dy = uniform(name, 'gradient', z.shape, dtype)
    result, given = through_activation(name, {'activation': activation}, double(z), double(dy), source, dtype, slopes)
    given = {{'preActivation': 'input'}.get(key, key): array for key, array in given.items()}  # what the activation took and gave
    operands = {'gradient': dy, **given}
    return Case(
        name=name,
        operator='activateBackward',
        options={'activation': activation, **({'inputLayout': layout} if channels_last else {})},
        operands={key: to_layout(array, plain, layout) if array.ndim == z.ndim else array for key, array in operands.items()},
        expected=to_layout(result.numpy(), plain, layout),
        uncertainty=uncertainty(activation, 1.0),
    )
