// An ONNX model with one node, Conv or ConvTranspose, whose filter is a constant of the model, as in a network.
import { parse } from 'protobufjs';
import { convOutputShape } from 'webgpu-conv';
import { problemOf } from '../shapes/shape.js';
import type { Task } from './competitor.js';
import proto from './onnx.proto?raw';

const FLOAT = 1; // TensorProto.DataType
const INT = 2; // AttributeProto.AttributeType
const INTS = 7;

const tensorType = (name: string, shape: readonly number[]) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** The model with input `x` (N, C, H, W) and output `y` (N, K, P, Q), and the shape of `y`. */
export function onnxModel({ shape, operands }: Task): { bytes: Uint8Array; outputShape: readonly number[] } {
  const { first: input, second: filter } = operands;
  const outputShape = convOutputShape(problemOf(shape));
  const ints = (name: string, values: readonly number[]) => ({ name, type: INTS, ints: values });
  const graph = {
    name: shape.id,
    node: [
      {
        input: ['x', 'w'],
        output: ['y'],
        name: 'convolution',
        opType: shape.operator === 'conv' ? 'Conv' : 'ConvTranspose',
        attribute: [
          ints('kernel_shape', shape.filterSize),
          ints('strides', shape.stride),
          ints('pads', [...shape.padding, ...shape.padding]), // top, left, bottom, right
          ints('dilations', shape.dilation),
          { name: 'group', type: INT, i: shape.groups },
        ],
      },
    ],
    initializer: [{ name: 'w', dims: filter.shape, dataType: FLOAT, rawData: bytesOf(filter.data) }],
    input: [tensorType('x', input.shape)],
    output: [tensorType('y', outputShape)],
  };
  const type = parse(proto).root.lookupType('onnx.ModelProto');
  const model = { irVersion: 8, producerName: 'webgpu-conv-bench', graph, opsetImport: [{ domain: '', version: 17 }] };
  return { bytes: type.encode(type.fromObject(model)).finish(), outputShape };
}
