// Pure descriptions and rules of convolution problems: no GPU, no DOM.
export * from './axis.js';
export * from './conv2d.js';
export * from './cost.js';
export * from './epilogue.js';
export * from './layout.js';
export * from './options.js';
export * from './shape.js';
