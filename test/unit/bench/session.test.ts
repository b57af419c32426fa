// The side that computes, with the reference as engine, which needs no GPU: gradients of either operand, and what is computed beside them.
import { describe, expect, it } from 'vitest';
import { competitor as reference } from '../../../bench/competitors/reference.js';
import { Session } from '../../../bench/runner/session.js';
import { operandsOf } from '../../../bench/shapes/operands.js';
import { parseShapes } from '../../../bench/shapes/parse.js';
import { forwardOf } from '../../../bench/shapes/shape.js';

const shapes = parseShapes(
  ['5x4x3 -> 2 3x3 p1', '5x4x2 depthwise 3x3 s2', '4x3x2 -> 3 2x2 s2 transposed']
    .flatMap((line) => [line, `${line} gradient input`, `${line} gradient filter`])
    .map((line, index) => `shape-${index} ${line}`)
    .join('\n'),
  'list',
);
const cell = { engine: 'reference', variant: 'float64 loops' } as const;

async function wrongOf(session: Session, shape: (typeof shapes)[number]): Promise<string | null> {
  await session.begin(shape);
  await session.expect();
  await session.first(cell);
  const { wrong } = await session.check(cell);
  await session.end();
  return wrong;
}

/** The reference as an engine like any other. */
const engine = {
  ...reference,
  async open(task: Parameters<typeof reference.open>[0]) {
    return Object.assign(await reference.open(task), { isReference: false, errorGrowth: () => 1 });
  },
};

describe('a session', () => {
  it.each(shapes.map((shape) => [`${shape.id}, ${shape.gradient ?? 'forward'}`, shape] as const))(
    'holds %s against the reference',
    async (_, shape) => {
      expect(await wrongOf(new Session({ reference: async () => engine }), shape)).toBeNull();
    },
  );

  it('holds what computes another shape than the task’s against that', async () => {
    const forward = {
      ...reference,
      async open(task: Parameters<typeof reference.open>[0]) {
        const shape = forwardOf(task.shape);
        const contender = await engine.open({ ...task, shape, operands: operandsOf(shape) });
        return Object.assign(contender, { shape });
      },
    };
    const gradient = shapes.find((shape) => shape.gradient === 'input')!;
    expect(await wrongOf(new Session({ reference: async () => forward }), gradient)).toBeNull();
  });

  it('finds what is wrong, and does not hold the reference against itself', async () => {
    const [shape] = shapes;
    const calls: string[] = [];
    const wrong = async (isReference: boolean) => ({
      ...engine,
      async open(task: Parameters<typeof reference.open>[0]) {
        const endToEnd = async () => {
          calls.push('endToEnd');
          return new Float32Array(2 * 5 * 4).fill(7);
        };
        return Object.assign(await engine.open(task), { isReference, endToEnd });
      },
    });
    expect(await wrongOf(new Session({ reference: () => wrong(false) }), shape!)).toMatch(/^7 instead of /);
    expect(await wrongOf(new Session({ reference: () => wrong(true) }), shape!)).toBeNull();
    expect(calls).toEqual(['endToEnd']);
  });
});
