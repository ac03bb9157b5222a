import { defineConfig } from '@playwright/test';

const url = process.env.WORKBENCH_URL;
if (!url) {
  throw new Error(
    'WORKBENCH_URL is not set: these tests drive a running workbench with data behind it. Start one with "go tool mage demo" and give the address that it prints.'
  );
}

/** The system's Chromium is taken as it is, and kept from asking any other host. */
const browser = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // Data arrives while the tests run, and the machine may be busy with the servers that make it.
  timeout: 180_000,
  expect: { timeout: 60_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: url,
    browserName: 'chromium',
    launchOptions: browser,
    viewport: { width: 1440, height: 1000 },
    timezoneId: 'UTC',
    locale: 'en-US',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
