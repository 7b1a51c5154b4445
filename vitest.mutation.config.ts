import { defineConfig } from 'vitest/config';

/** For Stryker (scripts/mutation.ts): the unit tests of the decision code, without what watches a whole run. */
export default defineConfig({
  test: {
    include: [
      'test/core/{operator,verdict,health,ending,weights,safety,capacity}/**/*.test.ts',
      'test/functions/{retire-blue,retire-blue-waits,roll-back,roll-back-holds,sweep,sweep-counts,sweep-turns,shift-traffic,test-route,command,on-alarm}.test.ts',
      'test/aws/listener.test.ts',
    ],
    // Of a mutant Stryker has a limit of its own; on a busy machine the first run takes minutes.
    testTimeout: 300_000,
  },
});
