import { expect, test } from '@playwright/test';

import { DATA_SOURCE, screenshot, watch } from './support';

const editor = `/connections/datasources/edit/${DATA_SOURCE}?theme=dark`;

test('Save & test is fine with the provisioned settings', async ({ page, baseURL }) => {
  const complaints = watch(page, baseURL);
  await page.goto(editor);
  await page.getByRole('button', { name: 'Save & test' }).click();
  const success = page.getByTestId('data-testid Alert success');
  await expect(success).toBeVisible();
  await expect(success).toContainText(/Tempo/);
  await expect(page.getByRole('region', { name: 'Details of the health check' })).toContainText('spanMetrics');
  await success.scrollIntoViewIfNeeded();
  await screenshot(page, 'config-health');
  expect(complaints.list).toEqual([]);
});

test('a Tempo that does not answer is named, and the old settings work again', async ({ page }) => {
  await page.goto(editor);
  const url = page.getByRole('textbox', { name: /^Tempo URL/ });
  const good = await url.inputValue();
  await url.fill('http://127.0.0.1:9');
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByTestId('data-testid Alert error')).toContainText(/Tempo/);

  await url.fill(good);
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByTestId('data-testid Alert success')).toBeVisible();
});
