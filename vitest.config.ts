import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The suites share nothing; two cores are what CI has.
    pool: 'threads',
    // Some start a process of their own or explore thousands of states; how fast the machine does that is not what they test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['core/**', 'aws/**', 'functions/**'],
      reporter: ['text', 'json-summary'],
    },
  },
});
