import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitCloudFormation } from '../../core/adoption/emit-cloudformation.ts';
import { emitTerraform } from '../../core/adoption/emit-terraform.ts';
import { readOptions, runEntry, WrongOption } from '../options.ts';
import { movedAccount } from './moved-account.ts';
import { origins } from './origins.ts';

/**
 * `node verify/moving/emit.ts --to DIRECTORY`: what `adopt --emit` and `leave --emit` print for a service of each
 * controller, before the move and at the end of its way, for the linters of scripts/templates.sh.
 */
runEntry(async (args) => {
  const to = readOptions({ to: 'text' }, args).to;
  if (typeof to !== 'string') throw new WrongOption('--to: expected a directory, found none');
  mkdirSync(to, { recursive: true });
  for (const origin of origins) {
    const account = movedAccount(origin);
    const write = async (when: string): Promise<void> => {
      const observed = await account.observe();
      const { template } = emitCloudFormation(account.plan, observed);
      const name = join(to, `${origin.name}-${when}`);
      writeFileSync(`${name}.tf`, emitTerraform(account.plan, observed));
      writeFileSync(`${name}.template.json`, `${JSON.stringify(template, null, 2)}\n`);
    };
    await write('before');
    await account.start('continue');
    await write('after');
  }
  return 0;
});
