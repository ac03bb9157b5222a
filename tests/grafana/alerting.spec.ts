import { expect, test } from '@grafana/plugin-e2e';

import { chooseQueryType, DATASOURCE, needsGrafana } from './support';

needsGrafana();

test('the latency of steps can be alerted on', async ({ alertRuleEditPage, readProvisionedDataSource }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  const query = await alertRuleEditPage.getQueryRow();
  await query.datasource.set(name);
  await expect(query.locator.getByText('One alert per step and quantile')).toBeVisible();
  await expect(query.locator.getByRole('combobox', { name: /^Query type/ })).toHaveValue('Step latency');
  await expect(alertRuleEditPage.evaluate()).toBeOK();
});

test('steps that became slower can be alerted on', async ({ alertRuleEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  const query = await alertRuleEditPage.getQueryRow();
  await query.datasource.set(name);
  await chooseQueryType(page, query.locator, 'Step regressions');
  await expect(query.locator.getByText('One alert per step that became slower')).toBeVisible();
  await expect(alertRuleEditPage.evaluate()).toBeOK();
});

for (const ruleTitle of ['Step has become slower', 'Step fails']) {
  test(`the provisioned rule "${ruleTitle}" can be evaluated`, async ({
    gotoAlertRuleEditPage,
    readProvisionedAlertRule,
  }) => {
    const rule = await readProvisionedAlertRule({ fileName: 'steps.yml', ruleTitle });
    const editor = await gotoAlertRuleEditPage(rule);
    await expect(editor.evaluate()).toBeOK();
  });
}
