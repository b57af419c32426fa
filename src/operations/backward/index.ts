// The gradients of an engine's operations. The engine loads this room when it is first asked for one, so that programs that only infer do not.
export { runActivateBackward } from './activate-backward.js';
export { prepareConvBackwardBias, runConvBackwardBias } from './conv-backward-bias.js';
export { prepareConvBackwardFilter, runConvBackwardFilter } from './conv-backward-filter.js';
export { prepareConvBackwardInput, runConvBackwardInput } from './conv-backward-input.js';
export { runAveragePoolBackward, runL2PoolBackward, runMaxPoolBackward } from './pool-backward.js';
