// The examples of README.md as one program, so that tests can compile and run what the page shows.

/** What the examples assume to be there, with its type, by name. */
export const GIVEN = {
  pixels: 'Float32Array',
  weights: 'Float32Array',
  bias: 'number[]',
  upWeights: 'Float32Array',
  w2: "import('webgpu-conv').Tensor",
  imageData: "import('webgpu-conv/image').Pixels",
  commandEncoder: "import('webgpu-conv').CommandEncoderHandle",
  inputBuffer: "import('webgpu-conv').BufferHandle",
  outputBuffer: "import('webgpu-conv').BufferHandle",
} as const;

/** The TypeScript of a page, block by block. */
export function examplesOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}

/** The examples as a TypeScript module. */
export function exampleModule(markdown: string): string {
  const given = Object.entries(GIVEN).map(([name, type]) => `declare const ${name}: ${type};`);
  return [...given, ...examplesOf(markdown)].join('\n');
}

/** The examples as the body of an async function: what they import is taken from the parameter `modules`, by specifier. */
export function exampleBody(markdown: string): string {
  return examplesOf(markdown)
    .join('\n')
    .replace(/^import (\{.*?\}) from ('.*?');$/gm, 'const $1 = modules[$2];');
}

/** What the comments after `console.log(…);` say is printed. */
export function printedByExamples(markdown: string): readonly string[] {
  return [
    ...examplesOf(markdown)
      .join('\n')
      .matchAll(/^console\.log\(.*\); \/\/ (.+)$/gm),
  ].map(([, text]) => text!);
}
