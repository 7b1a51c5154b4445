import { openAccount } from './account.ts';
import { rehearsals } from './rehearsals.ts';

/** `scripts/wire.sh` runs this: every rehearsal, one after the other in one account, over HTTP. */

const account = await openAccount();
let failed = 0;
for (const [name, rehearse] of Object.entries(rehearsals)) {
  const startedMs = performance.now();
  try {
    await rehearse(account);
    console.log(`ok     ${name} (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  // One that failed half-way may have left the clock held.
  await account.goOn();
}
account.close();
console.log(`${Object.keys(rehearsals).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
