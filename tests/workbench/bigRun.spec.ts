import { expect, type Page, test } from '@playwright/test';

import { openBigRun } from './bigRun';
import { type Complaints, expectAccessible, screenshot, stepRows, watch } from './support';

const ROWS = 10_000;

let complaints: Complaints;
test.beforeEach(async ({ page, baseURL }) => {
  complaints = watch(page, baseURL);
  await openBigRun(page, ROWS);
  await page.getByRole('button', { name: 'Expand all' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', String(ROWS + 2));
});
test.afterEach(() => {
  expect(complaints.list).toEqual([]);
});

const grid = (page: Page) => page.getByRole('treegrid');
const focusedRow = (page: Page) => page.locator('[data-testid="flow-steps-row"]:focus');

test('of ten thousand rows only those in view are drawn, wherever it is scrolled to', async ({ page }) => {
  const inView = await grid(page).evaluate((element) => Math.ceil(element.clientHeight / 28));
  for (const place of [0, 0.5, 1]) {
    await grid(page).evaluate((element, share) => {
      element.scrollTop = share * element.scrollHeight;
    }, place);
    await expect(stepRows(page).nth(inView - 1)).toBeAttached();
    // Eight rows more above and below, and the active one.
    expect(await stepRows(page).count()).toBeLessThanOrEqual(inView + 20);
  }
  await expect(stepRows(page).last()).toHaveAttribute('aria-rowindex', String(ROWS + 2));
  await screenshot(page, 'panel-10000-rows');
});

test('the keyboard goes to the last row and back, and closes what holds the most rows', async ({ page }) => {
  await stepRows(page).first().focus();
  await page.keyboard.press('End');
  await expect(focusedRow(page)).toHaveAttribute('aria-rowindex', String(ROWS + 2));
  await expect(focusedRow(page)).toBeInViewport();
  await page.keyboard.press('ArrowUp');
  await expect(focusedRow(page)).toHaveAttribute('aria-rowindex', String(ROWS + 1));
  await page.keyboard.press('Home');
  await expect(focusedRow(page)).toHaveAttribute('aria-rowindex', '2');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '3');
});

test('axe finds nothing', async ({ page }) => {
  // The button's tooltip hangs outside of the page's regions, as all of Grafana's do.
  await page.mouse.move(0, 0);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  await expectAccessible(page);
});
