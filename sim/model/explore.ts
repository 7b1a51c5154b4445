import process from 'node:process';
import { steps } from '../../functions/steps.ts';
import { definition } from '../orchestrator.ts';
import { bases } from './bases.ts';
import { timelineOf } from './counterexample.ts';
import { explore } from './search.ts';
import { loadMachine, type Steps } from './workflow.ts';

/** `npm run sim:model [-- --base NAME]`: every state of small deployments, over the production steps and the deployed workflow. */
const [flag, wanted] = process.argv.slice(2);
const chosen = flag === '--base' ? bases.filter(({ name }) => name === wanted) : bases;
if (chosen.length === 0) {
  console.error(`expected --base with one of: ${bases.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

let failed = 0;
console.log('base                    troubles    states     edges   ends   time');
for (const base of chosen) {
  const startedMs = process.uptime() * 1_000;
  const found = await explore(loadMachine(definition, steps as Steps, base));
  const seconds = (process.uptime() * 1_000 - startedMs) / 1_000;
  console.log(
    `${base.name.padEnd(23)} ${String(base.troubles).padStart(8)} ${String(found.states).padStart(9)} ${String(found.edges).padStart(9)} ${String(found.ends).padStart(6)} ${seconds.toFixed(1).padStart(5)}s`,
  );
  if (found.counterexample !== null) {
    failed += 1;
    console.log(`\n${timelineOf(found.counterexample)}\n`);
  }
}
console.log(
  failed === 0
    ? 'Every reachable state has a way to an end, and no invariant is broken on the way.'
    : `${failed} of ${chosen.length} bases have a counterexample.`,
);
process.exitCode = failed === 0 ? 0 : 1;
