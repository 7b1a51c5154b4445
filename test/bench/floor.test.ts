import { expect, test } from 'vitest';
import { clientsOf } from '../../bench/floor.ts';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { permissionsOf } from '../../infra/permissions.ts';
import { fileOf, stepNames } from '../../statemachine/contract.ts';

const handlers = [
  ...stepNames.map((step) => ({ file: fileOf(step), permissions: permissionsOf(step) })),
  ...eventHandlers,
];

test.each(handlers)('$file: the floor of its cold start names what the SDK has', async ({ permissions }) => {
  for (const { from, names } of clientsOf(permissions)) {
    const sdk: Record<string, unknown> = await import(/* @vite-ignore */ from);

    expect(names.filter((name) => !(name in sdk))).toEqual([]);
  }
});
