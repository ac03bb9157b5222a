import { expect, test } from '@playwright/test';

import {
  DASHBOARD,
  DATA_SOURCE,
  expectAccessible,
  exploreUrl,
  FLOW,
  screenshot,
  stepRows,
  THEMES,
  waitForPanels,
  waitForResults,
} from './support';

for (const theme of THEMES) {
  test.describe(`axe finds nothing in the ${theme} theme`, () => {
    test('on the steps of a run in Explore', async ({ page }) => {
      await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }], theme));
      await waitForResults(page);
      await expect(stepRows(page).first()).toBeVisible();
      await screenshot(page, `explore-flow-steps-${theme}`, { documented: true });
      await expectAccessible(page, theme);
    });

    test('on tables and graphs in Explore', async ({ page }) => {
      const queries = [
        { refId: 'A', queryType: 'step-stats' },
        { refId: 'B', queryType: 'step-latency' },
      ];
      await page.goto(exploreUrl(queries, theme));
      await waitForResults(page);
      await expect(page.getByRole('table').first()).toBeVisible(); // the second are exemplars
      await expectAccessible(page, theme);
    });

    test('on the query inspector', async ({ page }) => {
      await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-runs' }], theme));
      await waitForResults(page);
      await page.getByRole('button', { name: 'Query inspector' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, theme);
    });

    test('on the list of dashboards', async ({ page }) => {
      await page.goto(`/dashboards?theme=${theme}`);
      await expect(page.locator(`a[href="/d/${DASHBOARD}"]`)).toBeVisible();
      await expectAccessible(page, theme);
    });

    test('on the dashboard', async ({ page }) => {
      await page.goto(`/d/${DASHBOARD}?theme=${theme}`);
      await waitForPanels(page);
      await screenshot(page, `dashboard-${theme}`, { documented: true, height: 1500 });
      await expectAccessible(page, theme);
    });

    test('on the config editor', async ({ page }) => {
      await page.goto(`/connections/datasources/edit/${DATA_SOURCE}?theme=${theme}`);
      await expect(page.getByRole('textbox', { name: /^Tempo URL/ })).toBeVisible();
      await screenshot(page, `config-${theme}`, { documented: true });
      await page.getByRole('button', { name: 'Save & test' }).click();
      await expect(page.getByTestId('data-testid Alert success')).toBeVisible();
      await expectAccessible(page, theme);
    });
  });
}
