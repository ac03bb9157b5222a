import { expect, test } from '@grafana/plugin-e2e';
import { type Locator, type Page } from '@playwright/test';

import { DATASOURCE, expectSteps, needsGrafana } from './support';

needsGrafana();

/** What the way took when it was last made shorter. */
const MOST_CLICKS = 6;

/** A place in a graph where the mouse shows a point, found by moving it. */
async function findPoint(page: Page, graph: Locator) {
  await expect(graph).toBeVisible();
  await graph.scrollIntoViewIfNeeded();
  let found: { x: number; y: number } | undefined;
  await expect(async () => {
    const { x: left, y: top, width, height } = (await graph.boundingBox())!;
    for (let part = 0.9; part > 0.1 && !found; part -= 0.2) {
      for (let y = height - 10; y > 0 && !found; y -= 15) {
        await page.mouse.move(left + part * width, top + y);
        await page.waitForTimeout(50);
        const tooltip = page.locator('[aria-live="polite"]').filter({ hasText: /p50|p95/ });
        found = (await tooltip.isVisible()) ? { x: part * width, y } : undefined;
      }
    }
    expect(found).toBeDefined();
  }).toPass();
  return found!;
}

test('which step, since when, why: from the dashboard of flows', async ({
  gotoDashboardPage,
  readProvisionedDashboard,
  readProvisionedDataSource,
  page,
}) => {
  const clicks: string[] = [];
  const click = async (what: string, target: Locator, position?: { x: number; y: number }) => {
    clicks.push(what);
    await target.click({ position });
  };
  await page.setViewportSize({ width: 1600, height: 900 });
  const { uid } = await readProvisionedDashboard({ fileName: 'windmill-flow-steps.json' });
  const { name } = await readProvisionedDataSource(DATASOURCE);
  const dashboard = await gotoDashboardPage({ uid });

  // Which step: the first in the table, which has those first that matter.
  await dashboard.getPanelByTitle('Steps in the time range').scrollIntoView();
  const table = page.getByRole('region', { name: 'Steps in the time range' });
  const cell = table.getByRole('row').nth(1).getByRole('gridcell').nth(1);
  const step = await cell.innerText();
  await click(`the step ${step}`, cell.getByText(step));
  await click('Latency of this step over time', page.getByText('Latency of this step over time').first());

  // Since when: its latency over time.
  await expect(page).toHaveURL(/\/explore/);
  await expect(page.getByText(name).first()).toBeVisible();
  const graph = page.locator('.u-over').first();
  await click('a point of the graph', graph, await findPoint(page, graph));
  await click('Runs with this step', page.getByText('Runs with this step').first());

  // Why: the steps of such a run.
  const run = page
    .getByRole('gridcell')
    .getByText(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .first();
  await click('the newest run', run);
  await click('Steps of this run', page.getByText('Steps of this run').first());
  await expectSteps(page);
  await expect(page.getByTestId('flow-steps-row').filter({ hasText: step }).first()).toBeVisible();

  process.stdout.write(`which step, since when, why: ${clicks.length} clicks (${clicks.join(', ')})\n`);
  expect(clicks.length).toBeLessThanOrEqual(MOST_CLICKS);
});
