// Numbers of the activations in shaders/shared/activation.wgsl.
import type { Activation } from '../problem/index.js';

export const ACTIVATION_CODES: Readonly<Record<Activation, number>> = { none: 0, relu: 1, relu6: 2, sigmoid: 3 };
