import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The suites share nothing; two cores are what CI has.
    pool: 'threads',
    coverage: {
      provider: 'v8',
      include: ['core/**', 'aws/**', 'functions/**'],
      reporter: ['text', 'json-summary'],
    },
  },
});
