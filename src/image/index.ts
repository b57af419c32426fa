// Entry point `webgpu-conv/image`: pixels in and out, and named filters. Needs no GPU.
export { box, emboss, gaussian, laplacian, type PictureFilter, sharpen, sobelX, sobelY } from './filters.js';
export { type OwnPixels, type Pixels, pixelsOf, planesOf } from './pixels.js';
