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
