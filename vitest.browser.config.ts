import { defineConfig } from 'vitest/config';

/** Needs a Chromium, which `npm test` must not: scripts/report-browser.sh runs these. */
export default defineConfig({
  test: { include: ['test/browser/**/*.browser.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
