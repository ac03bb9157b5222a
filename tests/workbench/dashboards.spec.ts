import { expect, test } from '@playwright/test';

import { DASHBOARD, screenshot, stepRows, watch } from './support';

test('the provisioned dashboard is listed and its panels are drawn', async ({ page, baseURL }) => {
  const complaints = watch(page, baseURL);
  await page.goto('/dashboards?theme=dark');
  await page.locator(`a[href="/d/${DASHBOARD}"]`).click();
  await expect(page).toHaveURL(new RegExp(`/d/${DASHBOARD}`));

  const panels = page.getByRole('region', { name: 'Panels' });
  await expect(panels).toBeVisible();
  await expect(stepRows(page).first()).toBeVisible();
  await expect(panels.getByText('The query failed')).toHaveCount(0);
  await expect(panels.getByText(/are drawn by Grafana only/)).toHaveCount(0);
  await screenshot(page, 'dashboard');
  expect(complaints.list).toEqual([]);
});

test('a variable of the dashboard changes what its panels ask', async ({ page }) => {
  await page.goto(`/d/${DASHBOARD}?theme=dark&var-flow=f%2Fapi%2Fprice_quote`);
  const panel = page.getByTestId('flow-steps-panel');
  await expect(panel).toContainText('f/api/price_quote');
  const flow = page.getByRole('textbox', { name: /^Flow/ });
  await flow.fill('f/etl/orders_hourly');
  await flow.press('Tab');
  await expect(page).toHaveURL(/orders_hourly/);
  await expect(panel).toContainText('f/etl/orders_hourly');
});
