// The epilogue: what happens to a sum before it is stored. y = activation(sum + bias).

/** Activations that are fused into the last step of a convolution. */
export const ACTIVATIONS = ['none', 'relu', 'relu6', 'sigmoid'] as const;

/**
 * Activation: 'none' (default), 'relu' max(x, 0), 'relu6' min(max(x, 0), 6), 'sigmoid' 1 / (1 + e^−x).
 */
export type Activation = (typeof ACTIVATIONS)[number];

/** Epilogue of a normalised problem. */
export interface Epilogue {
  readonly hasBias: boolean;
  readonly activation: Activation;
}
