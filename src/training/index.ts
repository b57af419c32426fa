// Entry point `webgpu-conv/training`: networks that learn on the GPU. Works with engines of the entry point `webgpu-conv`.
export type { InitialWeights } from './initial-weights.js';
export type { DenseOptions, FilterOptions, Layer, WeightOptions } from './layer-description.js';
export type { Loss, Targets } from './losses.js';
export { type LayerReport, Network, type NetworkOptions, type ParameterReport } from './network.js';
export type { AdamOptions, OptimizerOptions, SgdOptions } from './optimizers.js';
export { type Random, seededRandom } from './random.js';
export { readSafetensors, type Safetensors, type SavedTensor, writeSafetensors } from './safetensors.js';
export type { Evaluation, Trainer, TrainerOptions } from './trainer.js';
