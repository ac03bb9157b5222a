import { defineConfig } from '@playwright/test';

import config from './playwright.config';

/** Measures, where the tests check. Needs a running workbench too: WORKBENCH_URL=... npm run bench:panel */
export default defineConfig({
  ...config,
  testMatch: '*.bench.ts',
  reporter: [['line']],
  // A trace takes pictures of the page all the time, and they would be measured too.
  use: { ...config.use, trace: 'off' },
});
