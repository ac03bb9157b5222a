import { expect, type Page, test } from '@playwright/test';

import { expectAccessible, exploreUrl, FLOW, screenshot, waitForResults } from './support';

/** Every query type by its name in the editor, and an option that its editor must have. */
const TYPES: Array<[string, string, string]> = [
  ['flow-runs', 'Runs', 'Limit'],
  ['flow-steps', 'Steps of a run', 'Run id'],
  ['step-stats', 'Step statistics', 'Compare with'],
  ['step-latency', 'Step latency', 'Quantiles'],
  ['step-contribution', 'Step contribution', 'Measure'],
  ['step-heatmap', 'Step heatmap', 'Source'],
  ['step-regressions', 'Step regressions', 'Slower by (%)'],
  ['run-grid', 'Run grid', 'Measure'],
  ['run-compare', 'Compare runs', 'Compare with run'],
  ['step-map', 'Step map', 'Limit'],
  ['run-trace', 'Trace of a run', 'Run id'],
  ['step-logs', 'Step logs', 'Search'],
  ['deployments', 'Deployments', 'Limit'],
];

/** Those of which the documentation has a picture; that of flow-steps is taken in both themes. */
const DOCUMENTED = ['step-stats', 'step-contribution', 'step-heatmap', 'run-compare', 'step-map'];

const option = (page: Page, label: string) => page.getByLabel(label, { exact: true });

for (const [queryType, name, label] of TYPES) {
  test(`${queryType} is answered, and its editor has nothing that axe finds wrong`, async ({ page }) => {
    await page.goto(exploreUrl([{ refId: 'A', queryType, limit: 20, filters: { flow: [FLOW] } }]));
    await waitForResults(page);
    await expect(page.getByRole('combobox', { name: /^Query type/ })).toHaveValue(name);
    const folded = page.getByRole('button', { name: /^Options: / });
    if (!(await option(page, label).isVisible())) {
      await folded.click();
    }
    await expect(option(page, label)).toBeVisible();
    await screenshot(page, `explore-${queryType}-dark`, { documented: DOCUMENTED.includes(queryType) });
    await expectAccessible(page);
  });
}

test('a run is drawn as one trace, children below their parents', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'run-trace', filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  const spans = page.getByRole('group', { name: /^Trace \(A\)/ }).getByRole('row');
  // The first row is the header.
  await expect(spans.nth(1).getByRole('rowheader')).toHaveText(FLOW);
  const indent = async (name: string) => {
    const cell = spans.getByRole('rowheader', { name, exact: true }).first();
    return cell.evaluate((element) => parseFloat(getComputedStyle(element).paddingLeft));
  };
  const [flow, step, inLoop] = [await indent(FLOW), await indent('extract'), await indent('normalise')];
  expect(step).toBeGreaterThan(flow);
  expect(inLoop).toBeGreaterThan(step);
});

test('log lines are drawn with their level, and open to their labels and links', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'step-logs', limit: 20 }]));
  await waitForResults(page);
  const lines = page.getByRole('group', { name: /^Logs \(A\): [1-9]\d* lines/ }).getByRole('listitem');
  await expect(lines.first()).toContainText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(info|error|warning|debug)/);
  const label = lines.first().getByText('service_name', { exact: true });
  await expect(label).toBeHidden();
  await lines.first().locator('summary').first().click();
  await expect(label).toBeVisible();
  await lines
    .first()
    .getByRole('link', { name: /^[0-9a-f]{8}-/ })
    .first()
    .click();
  await expect(page.getByTestId('flow-steps-panel')).toBeVisible();
});
