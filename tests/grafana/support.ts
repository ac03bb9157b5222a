import { type ExplorePage, test } from '@grafana/plugin-e2e';
import { expect, type Locator, type Page } from '@playwright/test';

export const DATASOURCE_TYPE = 'flowsteps-windmill-datasource';
export const DATASOURCE = { fileName: 'datasources.yml', name: 'Windmill Flow Steps' };

/** To be called at the top of every file. */
export function needsGrafana() {
  test.skip(
    !process.env.GRAFANA_URL,
    'GRAFANA_URL is not set: run "go tool mage test:grafana", or start Grafana with "docker compose up --build" and set it.'
  );
}

/** Chooses what to ask for in a query editor, by the name in the list. */
export async function chooseQueryType(page: Page, editor: Locator, name: string) {
  await editor.getByRole('combobox', { name: /^Query type/ }).click();
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
}

/** The steps of a run as our panel draws them: the run itself and at least one step. */
export async function expectSteps(scope: Page | Locator) {
  await expect(scope.getByTestId('flow-steps-panel')).toBeVisible();
  const rows = scope.getByTestId('flow-steps-row');
  await expect(rows.nth(1)).toBeVisible();
}

/**
 * Runs the queries of Explore. Searches are streamed over Grafana Live, so unlike with explorePage.runQuery() there is no
 * answer over HTTP to wait for.
 */
export async function runStreamed(explorePage: ExplorePage) {
  const { RefreshPicker } = explorePage.ctx.selectors.components;
  await explorePage.getByGrafanaSelector(RefreshPicker.runButtonV2).click();
}
