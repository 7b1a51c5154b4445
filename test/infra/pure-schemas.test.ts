import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { withPureSchemas } from '../../infra/packaging/pure-schemas.ts';

const SOURCE = [
  'const _A = "Asked", n0 = "ns", _e = "error";',
  'var Listed = [1, n0, _A, 0, () => Asked$];',
  'export var Asked$ = [3, n0, _A,',
  '    { [_e]: "client" },',
  '    [_A],',
  '    [[() => Listed]]',
  '];',
  'export var Left$ = [3, n0, "Left", { [_e]: "client" }, [], []];',
  'registry.registerError(Asked$, String);',
  'var One = 64 | 0;',
].join('\n');

test('a shape that nothing names is left out; one that is used or registered has its value', async () => {
  const { code } = await transform(
    `const registry = globalThis.registry;\n${withPureSchemas(SOURCE).replaceAll('export ', '')}`,
    {
      treeShaking: true,
      format: 'esm',
    },
  );
  expect(code).not.toContain('Left');

  const registered: unknown[] = [];
  new Function('globalThis', code.replace(/^export .*$/m, ''))({
    registry: { registerError: (shape: unknown) => registered.push(shape) },
  });
  const [[kind, namespace, name, traits, members, [[listed]]]] = registered as [
    [unknown, unknown, unknown, unknown, unknown, [[() => unknown[]]]],
  ];
  expect([kind, namespace, name, traits, members]).toEqual([
    3,
    'ns',
    'Asked',
    { error: 'client' },
    ['Asked'],
  ]);
  expect(listed().slice(0, 3)).toEqual([1, 'ns', 'Asked']);
});

test('an array without the end that the generator gives it is no schema file', () => {
  expect(() => withPureSchemas('export var Open$ = [3,\n    0')).toThrow(/"\];" after each schema/);
});
