import { expect, test } from '@grafana/plugin-e2e';
import { type APIRequestContext, type Page } from '@playwright/test';

import { ask, UID } from './api';
import { needsGrafana } from './support';

needsGrafana();

const DATASOURCE_REF = { type: 'flowsteps-windmill-datasource', uid: UID };
const TITLE = 'Under test';

interface Dashboard {
  panel: string;
  query: object;
  variables?: object[];
}

/** A dashboard of one panel, which Grafana keeps for the next run of the same test. */
async function openDashboard(page: Page, request: APIRequestContext, uid: string, dashboard: Dashboard) {
  const { panel, query, variables = [] } = dashboard;
  const targets = [{ refId: 'A', datasource: DATASOURCE_REF, ...query }];
  const gridPos = { x: 0, y: 0, w: 24, h: 18 };
  const saved = await request.post('/api/dashboards/db', {
    data: {
      overwrite: true,
      dashboard: {
        uid,
        title: `Test: ${uid}`,
        schemaVersion: 41,
        time: { from: 'now-1h', to: 'now' },
        templating: { list: variables },
        panels: [{ id: 1, type: panel, title: TITLE, gridPos, datasource: DATASOURCE_REF, targets }],
      },
    },
  });
  expect(saved.ok()).toBe(true);
  await page.setViewportSize({ width: 1600, height: 900 });
  await page.goto(`/d/${uid}`);
  return page.getByRole('region', { name: TITLE });
}

test('a table shows no column that is there for links alone, nor a column of PromQL', async ({ page, request }) => {
  const query = { queryType: 'run-compare', filters: { flow: ['f/etl/orders_hourly'] } };
  const fields = (await ask(request, query)).frames?.[0].schema.fields ?? [];
  const shown = fields.filter(({ config }) => !config?.custom?.hideFrom?.viz).length;
  expect(shown).toBeLessThan(fields.length);

  const panel = await openDashboard(page, request, 'test-hidden-columns', { panel: 'table', query });
  await expect(panel.getByRole('grid')).toHaveAttribute('aria-colcount', String(shown));
  await expect(panel.getByRole('columnheader').first()).toContainText('Path');
  await expect(panel.getByText('traces_spanmetrics')).toHaveCount(0);
});

test('all notices of a panel can be read in its header', async ({ page, request }) => {
  const panel = await openDashboard(page, request, 'test-notices', {
    panel: 'table',
    query: { queryType: 'run-compare' },
  });
  // Grafana gives the icon no name.
  await panel.locator('span[tabindex="0"]:has(svg)').first().hover();
  const tooltip = page.getByRole('tooltip');
  await expect(tooltip).toContainText('No run was named');
  await expect(tooltip).toContainText('Compared with the baseline');
});

test('a map of a flow has its figures as text', async ({ page, request }) => {
  const query = { queryType: 'step-map', limit: 20, filters: { flow: ['f/etl/orders_hourly'] } };
  const panel = await openDashboard(page, request, 'test-map', { panel: 'nodeGraph', query });
  await expect(panel.getByText(/^\d+(\.\d+)? (ms|s)$/).first()).toBeVisible();
  await expect(panel.getByText(/^\d+ calls$/).first()).toBeVisible();
  await expect(panel.getByText(/short/)).toHaveCount(0);
});

test('a variable without a value shows nothing', async ({ page, request }) => {
  const panel = await openDashboard(page, request, 'test-empty-variable', {
    panel: 'table',
    query: { queryType: 'step-stats', filters: { step: ['$none'] } },
    variables: [
      {
        name: 'none',
        type: 'query',
        datasource: DATASOURCE_REF,
        query: { refId: 'none', values: 'step', filters: { flow: ['f/no/such_flow'] } },
        refresh: 1,
        multi: true,
        includeAll: false,
        current: {},
      },
    ],
  });
  await expect(panel.getByText('No data')).toBeVisible();
});

test('an ad-hoc filter that contradicts the query shows nothing', async ({ page, request }) => {
  const variables = [
    {
      name: 'filters',
      type: 'adhoc',
      datasource: DATASOURCE_REF,
      filters: [{ key: 'flow', operator: '=', value: 'f/api/price_quote' }],
    },
  ];
  const query = { queryType: 'step-stats', filters: { flow: ['f/etl/orders_hourly'] } };
  const panel = await openDashboard(page, request, 'test-contradiction', { panel: 'table', query, variables });
  await expect(panel.getByText('No data')).toBeVisible();
});
