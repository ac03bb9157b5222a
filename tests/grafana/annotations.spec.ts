import { expect, test } from '@grafana/plugin-e2e';

import { DATASOURCE, needsGrafana } from './support';

needsGrafana();

for (const kind of ['Runs', 'Deployments', 'Regressions']) {
  test(`${kind} can be marked on a dashboard`, async ({ annotationEditPage, readProvisionedDataSource, page }) => {
    const { name } = await readProvisionedDataSource(DATASOURCE);
    await annotationEditPage.datasource.set(name);
    await page.getByRole('combobox', { name: 'Mark' }).click();
    await page.getByRole('option', { name: new RegExp(`^${kind}`) }).click();
    await expect(annotationEditPage.runQuery()).toBeOK();
  });
}
