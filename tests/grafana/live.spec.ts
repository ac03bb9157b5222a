import { type ExplorePage, expect, test } from '@grafana/plugin-e2e';
import { type Page } from '@playwright/test';

import { DATASOURCE, needsGrafana, runStreamed } from './support';

needsGrafana();

/** Everything that the page sends over Grafana Live from its next load on, which is when it connects. */
function sentLive(page: Page): string[] {
  const sent: string[] = [];
  page.on('websocket', (socket) => {
    if (socket.url().includes('/api/live/')) {
      socket.on('framesent', ({ payload }) => sent.push(String(payload)));
    }
  });
  return sent;
}

async function reload(explorePage: ExplorePage, name: string) {
  await explorePage.goto();
  await explorePage.datasource.set(name);
}

test('runs are streamed over Grafana Live', async ({ explorePage, readProvisionedDataSource, page }) => {
  const { name, uid } = await readProvisionedDataSource(DATASOURCE);
  const sent = sentLive(page);
  await reload(explorePage, name);
  await runStreamed(explorePage);
  await expect.poll(() => sent.some((frame) => frame.includes(`ds/${uid}/flow-runs/`))).toBe(true);
  await expect(explorePage.tablePanel.fieldNames).toContainText(['Run']);
  await expect(page.getByText('were not streamed')).toHaveCount(0);
});

test('runs that are followed come in by themselves', async ({ explorePage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await reload(explorePage, name);
  // The switch lies over its input.
  await explorePage.getQueryEditorRow('A').getByRole('switch', { name: 'Follow' }).check({ force: true });
  const newest = explorePage.tablePanel.locator.getByText(/^[0-9a-f]{8}-[0-9a-f]{4}-/).first();
  await expect(newest).toBeVisible();
  const first = await newest.innerText();
  await expect(newest).not.toHaveText(first, { timeout: 60_000 });
  await expect(page.getByText('Failed to load')).toHaveCount(0);
});
