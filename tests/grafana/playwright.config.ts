import { type PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig, devices } from '@playwright/test';
import path from 'path';

/**
 * Tests against a real Grafana with the plugin, its provisioning and data behind it, as docker-compose.yml starts it:
 *   GRAFANA_URL=http://localhost:3000 GRAFANA_LOGIN=1 npm run e2e:grafana
 * Without GRAFANA_URL every test is skipped and says so. GRAFANA_LOGIN=1 signs in as admin first, for a Grafana that
 * does not let anonymous users in as administrators.
 */
const root = path.resolve(__dirname, '..', '..');
const signIn = Boolean(process.env.GRAFANA_URL && process.env.GRAFANA_LOGIN);
const auth = path.join(path.dirname(require.resolve('@grafana/plugin-e2e')), 'auth');

// Playwright's list does not say why a test was skipped. Workers read this file too.
if (!process.env.GRAFANA_URL && !process.env.TEST_WORKER_INDEX) {
  process.stderr.write(
    'GRAFANA_URL is not set, so every test is skipped. Run "go tool mage test:grafana" where Grafana is installed, or\n' +
      'start it with "docker compose up --build", then: GRAFANA_URL=http://localhost:3000 GRAFANA_LOGIN=1 npm run e2e:grafana\n'
  );
}

export default defineConfig<PluginOptions>({
  testDir: '.',
  outputDir: path.join(root, 'test-results', 'grafana'),
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0,
  reporter: process.env.CI
    ? [['list'], ['html', { open: 'never', outputFolder: path.join(root, 'playwright-report') }]]
    : 'list',
  use: {
    baseURL: process.env.GRAFANA_URL,
    provisioningRootDir: path.join(root, 'provisioning'),
    trace: 'retain-on-failure',
    launchOptions: process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {},
  },
  projects: [
    ...(signIn ? [{ name: 'sign in', testDir: auth, testMatch: [/.*\.js/] }] : []),
    {
      name: 'grafana',
      use: {
        ...devices['Desktop Chrome'],
        ...(signIn ? { storageState: path.join('playwright', '.auth', 'admin.json') } : {}),
      },
      dependencies: signIn ? ['sign in'] : [],
    },
  ],
});
