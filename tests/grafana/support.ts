import { type ExplorePage, test } from '@grafana/plugin-e2e';
import { expect, type Locator, type Page, type Response } from '@playwright/test';

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
  const type = editor.getByRole('combobox', { name: /^Query type/ });
  await type.click();
  await type.fill(name); // the list draws only the options in view
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
}

/**
 * Chooses what to ask for, which asks for it at once, and returns the answer. Not explorePage.runQuery(): while a query
 * runs, the button that it presses is the one that cancels.
 */
export async function askFor(page: Page, editor: Locator, name: string, queryType: string): Promise<Response> {
  const answer = page.waitForResponse((response) => isQuery(response, queryType));
  await chooseQueryType(page, editor, name);
  return answer;
}

/** As askFor, for a query type that reads a lot: it runs when the user says so. */
export async function askOnDemand(page: Page, editor: Locator, name: string) {
  await chooseQueryType(page, editor, name);
  await expect(editor.getByText('this type reads a lot, so it runs when you say so')).toBeVisible();
  await editor.getByRole('button', { name: 'Run query' }).click();
}

/** Whether it answers a query of that type. */
export function isQuery(response: Response, queryType: string): boolean {
  const asked = response.request().postData() ?? '';
  return response.url().includes('/api/ds/query') && asked.includes(`"queryType":"${queryType}"`);
}

/** A run as our panel draws it. The latest may be of a script, which has no steps: then its row is the only one. */
export async function expectSteps(scope: Page | Locator) {
  await expect(scope.getByTestId('flow-steps-panel')).toBeVisible();
  await expect(scope.getByRole('treegrid', { name: /^Steps of \S/ })).toBeVisible();
  await expect(scope.getByTestId('flow-steps-row').first()).toBeVisible();
}

/**
 * Runs the queries of Explore. Searches are streamed over Grafana Live, so unlike with explorePage.runQuery() there is no
 * answer over HTTP to wait for.
 */
export async function runStreamed(explorePage: ExplorePage) {
  const { RefreshPicker } = explorePage.ctx.selectors.components;
  await explorePage.getByGrafanaSelector(RefreshPicker.runButtonV2).click();
}
