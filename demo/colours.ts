// Colour changes as 3 × 3 matrices: each new colour is a weighted sum of the old red, green and blue. As weights of a
// 1 × 1 convolution, (3, 3, 1, 1), they stand row by row; gl-matrix keeps its matrices column by column.
import { mat3, quat, vec3 } from 'gl-matrix';

function rowMajor(matrix: mat3): Float32Array {
  return Float32Array.from(mat3.transpose(mat3.create(), matrix));
}

/** Brown tones of old photographs. */
export const sepia = Float32Array.of(0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131);

const luma = [0.299, 0.587, 0.114] as const; // ITU-R BT.601: for gamma-encoded values, as those of a canvas are

/** The brightness of each pixel, in all three colours. */
export const greyscale = Float32Array.of(...luma, ...luma, ...luma);

/** Turns colours about the axis of the greys, which keeps greys as they are. */
export function hueRotation(degrees: number): Float32Array {
  const greys = vec3.normalize(vec3.create(), [1, 1, 1]);
  const rotation = quat.setAxisAngle(quat.create(), greys, (degrees * Math.PI) / 180);
  return rowMajor(mat3.fromQuat(mat3.create(), rotation));
}
