import { expect, type Page, test } from '@playwright/test';

import {
  type Complaints,
  exploreUrl,
  expectAccessible,
  FLOW,
  stepRows,
  THEMES,
  waitForResults,
  watch,
} from './support';

let complaints: Complaints;
test.beforeEach(({ page, baseURL }) => {
  complaints = watch(page, baseURL);
});
test.afterEach(() => {
  expect(complaints.list).toEqual([]);
});

const strip = (page: Page) => page.getByRole('group', { name: 'Overview of the run' });
const edge = (page: Page) => page.getByRole('slider', { name: 'Start of what is shown' });

async function latestRun(page: Page): Promise<string> {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  const text = (await page.getByTestId('flow-steps-panel').textContent()) ?? '';
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(text)![0];
}

async function dragOver(page: Page, from: number, to: number) {
  const box = (await strip(page).boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 5 });
  await page.mouse.up();
}

test('what is looked at comes back with the address', async ({ page }) => {
  // The run by its id: the latest one may be another after the reload.
  const runId = await latestRun(page);
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', runId }]));
  await waitForResults(page);
  const all = await stepRows(page).count();
  await page.getByRole('textbox', { name: 'Find a step, worker or path' }).fill('aggregate');
  await page.getByRole('button', { name: 'Only matches' }).click();
  expect(await stepRows(page).count()).toBeLessThan(all);
  await dragOver(page, 0.2, 0.9);
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeVisible();
  const start = await edge(page).getAttribute('aria-valuenow');
  await dragOver(page, 0.5, 0.45);
  await expect(edge(page)).not.toHaveAttribute('aria-valuenow', start!);
  await stepRows(page).filter({ hasText: 'aggregate' }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page).toHaveURL(/fs\d+-search=aggregate.*-step=/);

  await page.reload();
  await waitForResults(page);
  await expect(page.getByRole('textbox', { name: 'Find a step, worker or path' })).toHaveValue('aggregate');
  await expect(page.getByRole('button', { name: 'Only matches' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('dialog')).toContainText('aggregate');
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeVisible();
});

test('the keys ] and [ go through the findings, also of a run without any', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  await stepRows(page).first().focus();
  await page.keyboard.press(']');
  await page.keyboard.press('[');
  await expect(page.locator('[data-testid="flow-steps-row"]:focus')).toHaveCount(1);
});

for (const theme of THEMES) {
  test(`axe finds nothing in dimmed rows and a zoomed run in the ${theme} theme`, async ({ page }) => {
    await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }], theme));
    await waitForResults(page);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await page.getByRole('textbox', { name: 'Find a step, worker or path' }).fill('aggregate');
    await dragOver(page, 0.2, 0.9);
    await expect(page.locator('[data-dimmed]').first()).toBeVisible();
    await page.mouse.move(0, 0);
    await expectAccessible(page, theme);
  });
}
