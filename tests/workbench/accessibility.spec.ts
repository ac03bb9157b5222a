import { expect, test } from '@playwright/test';

import {
  DASHBOARD,
  DATA_SOURCE,
  expectAccessible,
  exploreUrl,
  FLOW,
  RUN_DASHBOARD,
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

    test('on a trace, a map, a heatmap and a comparison in Explore', async ({ page }) => {
      const filters = { flow: [FLOW] };
      const types = ['run-trace', 'step-map', 'step-heatmap', 'run-compare'];
      await page.goto(
        exploreUrl(
          types.map((queryType, index) => ({ refId: 'ABCD'[index], queryType, filters })),
          theme
        )
      );
      await waitForResults(page);
      await expect(page.getByRole('group', { name: /^Trace \(A\): [1-9]\d* spans/ })).toBeVisible();
      await expect(page.getByRole('group', { name: /^Node graph \(B\)/ })).toBeVisible();
      await expectAccessible(page, theme);
    });

    test('on the details of a step, with everything of the editor open', async ({ page }) => {
      await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }], theme));
      await waitForResults(page);
      await page.getByRole('button', { name: /^Options: / }).click();
      await page.getByRole('button', { name: /^Executed queries/ }).click();
      await page.getByRole('button', { name: 'Help' }).click();
      await expect(page.getByRole('heading', { name: 'Good to know' })).toBeVisible();
      await stepRows(page).nth(1).click();
      await expect(page.getByRole('dialog')).toContainText('Share of the run');
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

    test("on a run's dashboard", async ({ page }) => {
      await page.goto(`/d/${RUN_DASHBOARD}?theme=${theme}`);
      await waitForPanels(page);
      await expectAccessible(page, theme);
    });

    test('on the config editor', async ({ page }) => {
      await page.goto(`/connections/datasources/edit/${DATA_SOURCE}?theme=${theme}`);
      await expect(page.getByRole('textbox', { name: /^Tempo URL/ })).toBeVisible();
      await screenshot(page, `config-${theme}`, { documented: true });
      await page.getByRole('button', { name: 'Save & test' }).click();
      await expect(page.getByTestId('data-testid Alert success')).toBeVisible();
      // The button fades in again after the test.
      await expect(page.getByRole('button', { name: 'Save & test' })).toHaveCSS('opacity', '1');
      await expectAccessible(page, theme);
    });
  });
}
