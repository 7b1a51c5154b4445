import { defineConfig } from 'vitest/config';

/**
 * Two sets of tests: `npm test` runs `*.test.ts`, `npm run verify` runs `*.verify.ts`, which stand beside them and
 * take longer (whole rehearsals by the hundred, the proofs' programs, bundles, cdk-nag) or need more than npm
 * installs (zsh, fish). A file named on the command line runs in the set it belongs to.
 */
const set = (name: 'test' | 'verify', limitMs: number) => ({
  extends: true as const,
  // Some start a process of their own or explore thousands of states; how fast the machine does that is not what they
  // test.
  test: { name, include: [`test/**/*.${name}.ts`], testTimeout: limitMs, hookTimeout: limitMs },
});

export default defineConfig({
  test: {
    projects: [set('test', 120_000), set('verify', 600_000)],
    pool: 'threads',
    // Loading the AWS SDK, the CDK and our own modules for every file anew would take a third of the time.
    // test/each-file.ts fails a file that leaves the thread changed; clients are mocked one by one, never as a class.
    isolate: false,
    // By default one core is left to vitest itself, which does a tenth of the work: half the machine on two cores.
    maxWorkers: '100%',
    setupFiles: ['test/each-file.ts'],
    globalSetup: ['test/whole-run.ts'],
    coverage: {
      provider: 'v8',
      include: ['core/**', 'aws/**', 'functions/**'],
      reporter: ['text', 'json-summary'],
      // A point or two under what was measured: a part that nothing runs any more is seen.
      thresholds: { statements: 96, branches: 89, functions: 96, lines: 97 },
    },
  },
});
