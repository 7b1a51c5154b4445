import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, DEPLOY, SHOP } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
/** A seed in which CloudTrail's event comes after the deployment's end. */
const LATE_EVENTS = 3;
const NAMED = /it was infrastructure\/terraform-apply with Terraform\/1\.13\.4 from 203\.0\.113\.24/;

/** A deployment whose weights a Terraform apply puts back in its first bake, and which has ended since. */
const anAccount = async () => {
  const account = await aSimulatedAccount({ seed: LATE_EVENTS });
  const { elbv2 } = account.world;
  const before = elbv2.routes().map(({ arn, groups }) => ({ arn, groups }));
  account.type(DEPLOY);
  await account.until(() => elbv2.routes().some(({ groups }) => groups.every(({ weight }) => weight > 0)));
  for (const { arn, groups } of before) elbv2.foreignWrite(arn, groups, 'terraform apply');
  await account.until(() => account.world.dynamoDb.partition(`ends#${SHOP}`).length > 0);
  return account;
};

test('status and report name who changed the weights once CloudTrail has it, although the end could not', async () => {
  const account = await anAccount();
  const early = (await account.cutover(['status', SHOP])).out.replace(/\s+/g, ' ');
  expect(early).toMatch(/CloudTrail does not name who it was, or not yet/);

  await account.pass(20 * MINUTE_MS);

  expect((await account.cutover(['status', SHOP])).out.replace(/\s+/g, ' ')).toMatch(NAMED);
  const path = join(aDirectory('who-wrote'), 'report.html');
  await account.cutover(['report', SHOP, '-o', path]);
  expect(readFileSync(path, 'utf8')).toMatch(NAMED);
});

test('who may not ask sees what the end has, and nothing fails', async () => {
  const account = await anAccount();
  await account.pass(20 * MINUTE_MS);
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' });
  account.fail((_service, operation) => (operation === 'LookupEvents' ? denied : undefined));

  const status = await account.cutover(['status', SHOP]);

  expect(status.err).toBe('');
  expect(status.out.replace(/\s+/g, ' ')).toMatch(/cloudtrail:LookupEvents is not allowed/);
});
