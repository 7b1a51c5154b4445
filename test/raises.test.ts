import { expect, test } from 'vitest';
import { apiErrors, errorNames } from '../core/errors.ts';
import { contract, fileOf, stepNames } from '../statemachine/contract.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** What the contract claims a step raises, held against the code that the step can run. */

const files = new Map<string, SourceFile>(
  ['functions', 'core'].flatMap((folder) => sourceFiles(folder).map((file) => [file.path, file] as const)),
);

/**
 * The step's own code: its file, and what it imports of functions/ and core/, to the end. What makes every handler is
 * no step's.
 */
const codeOf = (path: string, seen = new Set<string>()): string[] => {
  const file = files.get(path);
  if (file === undefined || seen.has(path) || /^functions\/(deps|step|lambda-host)\.ts$/.test(path))
    return [];
  seen.add(path);
  const imported = file.imports.filter(({ own, typeOnly }) => own && !typeOnly);
  return [file.code, ...imported.flatMap(({ target }) => codeOf(target, seen))];
};

const THROWN = /\bnew DeploymentError\(\s*'(\w+)'/g;

/** A decision that refuses names the error, and the step throws what the decision names. */
const REFUSED = /\berror: '(\w+)'/g;
const THROWS_REFUSAL = /\bnew DeploymentError\(\s*\w+\.error\b/;

/** The one verb of aws/ that throws an error of ours [aws/store-verbs.ts]. */
const CHECKS_LEASE = /\bleases?\.assertHolds\(/;

const ours = errorNames.filter((name) => !(apiErrors as readonly string[]).includes(name));

test.each(stepNames)('%s raises what its contract says, and nothing else of ours', (step) => {
  const code = codeOf(`functions/${fileOf(step)}.ts`);
  const patterns = code.some((one) => THROWS_REFUSAL.test(one)) ? [THROWN, REFUSED] : [THROWN];
  const thrown = code.flatMap((one) =>
    patterns.flatMap((pattern) => [...one.matchAll(pattern)].map(([, name]) => name as string)),
  );
  const lost = code.some((one) => CHECKS_LEASE.test(one)) ? ['LeaseLost'] : [];

  const raised = ours.filter((name) => [...thrown, ...lost].includes(name));
  expect([...contract[step].raises].sort()).toEqual(raised.sort());
});
