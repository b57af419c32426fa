// Pure descriptions and rules of convolution problems: no GPU, no DOM.
export * from './activation.js';
export * from './axis.js';
export * from './conv.js';
export * from './cost.js';
export * from './dtype.js';
export * from './epilogue.js';
export * from './half.js';
export * from './layout.js';
export * from './lowering.js';
export * from './options.js';
export * from './padding.js';
export * from './pool.js';
export * from './rank.js';
export * from './separable.js';
export * from './shape.js';
export * from './signal.js';
