// Reads off a linked kernel what the host must know of it: overrides, bindings, the layout of the parameter block,
// constants, workgroup size. So the host never states them a second time, and a kernel that breaks the house rules
// (bindings 0…n in one group, one parameter block of 4-byte scalars, one entry point) fails the build.
import type { FnElem, GlobalVarElem, StructElem } from 'wesl';
import { parseSrcModule } from 'wesl';
import type { Kernel, KernelBinding, UniformField } from '../../src/gpu/kernel.js';

type Reflection = Omit<Kernel, 'name' | 'code'>;
type ModuleElement = { kind: string; start: number; end: number };

const SCALARS = ['u32', 'i32', 'f32'] as const;

/** Facts about linked WGSL. Throws an Error that names the rule a kernel breaks. */
export function reflectKernel(code: string): Reflection {
  const module = parseSrcModule({ modulePath: 'package::kernel', debugFilePath: 'kernel.wgsl', src: code });
  const elements = module.moduleElem.decls as unknown as ModuleElement[];
  const text = (element: { start: number; end: number }) => code.slice(element.start, element.end);

  const constants: Record<string, number> = {};
  const overrides: Record<string, 'bool' | (typeof SCALARS)[number]> = {};
  for (const element of elements.filter(({ kind }) => kind === 'const' || kind === 'override')) {
    const [, keyword, name, type, value] =
      /^(const|override)\s+(\w+)(?:\s*:\s*(\w+))?(?:\s*=\s*(.+?))?;?$/s.exec(text(element).trim()) ?? [];
    if (keyword === 'const' && /^\d+u?$/.test(value ?? '')) constants[name!] = Number.parseInt(value!, 10);
    if (keyword === 'override' && !type) throw new Error(`override ${name} must state its type`);
    if (keyword === 'override') overrides[name!] = type as 'u32';
  }

  const structs = elements.filter(({ kind }) => kind === 'struct') as unknown as StructElem[];
  const variables = (elements.filter(({ kind }) => kind === 'gvar') as unknown as GlobalVarElem[]).map((element) => {
    const source = text(element);
    const [, space, access, name, type] =
      /var\s*<\s*(\w+)\s*(?:,\s*(\w+)\s*)?>\s*(\w+)\s*:\s*([^;=]+)/.exec(source) ?? [];
    return {
      space,
      access,
      name: name ?? source,
      type: type?.trim(),
      group: Number(/@group\((\d+)u?\)/.exec(source)?.[1] ?? Number.NaN),
      binding: Number(/@binding\((\d+)u?\)/.exec(source)?.[1] ?? Number.NaN),
    };
  });
  const resources = variables
    .filter(({ space }) => space === 'uniform' || space === 'storage')
    .sort((a, b) => a.binding - b.binding);
  if (resources.some(({ group, binding }, index) => group !== 0 || binding !== index)) {
    throw new Error('bindings must be numbered 0…n in group 0, without gaps');
  }
  const blocks = resources.filter(({ space }) => space === 'uniform');
  if (blocks.length !== 1 || blocks[0]!.binding !== 0) {
    throw new Error('a kernel has exactly one parameter block, at binding 0');
  }
  const block = structs.find(({ name }) => name.ident.originalName === blocks[0]!.type);
  if (!block) throw new Error(`the parameter block must be a struct, not ${blocks[0]!.type}`);
  const fields: Record<string, UniformField> = {};
  for (const [index, member] of block.members.entries()) {
    const type = SCALARS.find((scalar) => scalar === member.typeRef.name.originalName);
    if (!type) throw new Error(`parameter ${member.name.name} must be one of ${SCALARS.join(', ')}`);
    fields[member.name.name] = { offsetBytes: 4 * index, type };
  }

  const entries = (elements.filter(({ kind }) => kind === 'fn') as unknown as FnElem[]).filter(({ attributes }) =>
    attributes?.some(({ attribute }) => attribute.kind === '@attribute' && attribute.name === 'compute'),
  );
  if (entries.length !== 1 || entries[0]!.name.ident.originalName !== 'main') {
    throw new Error('a kernel file has exactly one entry point, called main');
  }
  const size = /@workgroup_size\(([^)]*)\)/.exec(text(entries[0]!))?.[1] ?? '';
  const extents = size.split(',').map((text) => {
    const extent = text.trim();
    return constants[extent] ?? (/^\d+u?$/.test(extent) ? Number.parseInt(extent, 10) : Number.NaN);
  });
  if (extents.some((extent) => !(extent > 0))) {
    throw new Error(`@workgroup_size takes numbers or constants of the module, got (${size})`);
  }

  return {
    overrides,
    constants,
    bindings: resources.map(({ name, space, access }): KernelBinding => {
      if (space === 'uniform') return { name, type: 'uniform' };
      return { name, type: access === 'read_write' ? 'storage' : 'read-only-storage' };
    }),
    uniform: { sizeBytes: Math.ceil((4 * block.members.length) / 16) * 16, fields },
    workgroupSize: [extents[0]!, extents[1] ?? 1, extents[2] ?? 1],
  };
}
