import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import fs from 'fs';
import path from 'path';

export const DATA_SOURCE = 'windmill-flow-steps';
export const DASHBOARD = 'windmill-flow-steps';
export const RUN_DASHBOARD = 'windmill-run';
/** A flow of the simulator with a loop, so that a run of it always has several rows. */
export const FLOW = 'f/etl/orders_hourly';
export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const COLOR_RULES = ['color-contrast', 'link-in-text-block'];
const root = path.resolve(__dirname, '..', '..');

/** What a page must not do: throw, log an error, or ask another host. Filled while the page is used. */
export interface Complaints {
  list: string[];
}

/** Watches a page from before it is opened. */
export function watch(page: Page, baseURL: string | undefined): Complaints {
  const complaints: Complaints = { list: [] };
  const own = new URL(baseURL ?? '').host;
  page.on('pageerror', (error) => complaints.list.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.list.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== own) {
      complaints.list.push(`asked another host: ${request.url()}`);
    }
  });
  return complaints;
}

/** The address of Explore with some queries and a range. */
export function exploreUrl(queries: object[], theme: Theme = 'dark', range = { from: 'now-1h', to: 'now' }): string {
  const left = JSON.stringify({ datasource: DATA_SOURCE, queries, range });
  return `/explore?left=${encodeURIComponent(left)}&theme=${theme}`;
}

/** The rows of the waterfall, without its header. */
export function stepRows(page: Page): Locator {
  return page.getByTestId('flow-steps-row');
}

/** Waits until the queries of Explore are answered and none failed. */
export async function waitForResults(page: Page) {
  const results = page.getByRole('region', { name: 'Results' });
  await expect(results).toHaveAttribute('aria-busy', 'false');
  await expect(results.getByText(/^(Query \w+|The query) failed$/)).toHaveCount(0);
}

/**
 * Fails with what axe found: rule, element and advice. The themes differ in colours alone, so in the light one only those
 * are looked at.
 */
export async function expectAccessible(page: Page, theme: Theme = 'dark') {
  const axe = new AxeBuilder({ page });
  const { violations } = await (theme === 'light' ? axe.withRules(COLOR_RULES) : axe).analyze();
  const found = violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}) ${target.join(' ')}: ${failureSummary ?? ''}`)
  );
  expect(found).toEqual([]);
}

/** Waits until every panel of a dashboard has its answer. */
export async function waitForPanels(page: Page) {
  await expect(stepRows(page).first()).toBeVisible();
  await expect(page.getByRole('status', { name: 'Panel loading bar' })).toHaveCount(0);
}

interface Shown {
  /** Shown in the documentation too: with UPDATE_SCREENSHOTS it is renewed there. */
  documented?: boolean;
  /** Pixels of the page from its top; as high as the window unless given. */
  height?: number;
}

/** Bytes of a picture in the documentation. */
const MAX_PICTURE = 300_000;

/** Keeps a screenshot with the results, and where the documentation shows it if asked for. */
export async function screenshot(page: Page, name: string, { documented = false, height }: Shown = {}) {
  const before = page.viewportSize();
  if (before && height) {
    await page.setViewportSize({ width: before.width, height });
  }
  const image = await page.screenshot({ animations: 'disabled' });
  if (before && height) {
    await page.setViewportSize(before);
  }
  write(path.join(root, 'test-results', 'screenshots', `${name}.png`), image);
  if (documented && process.env.UPDATE_SCREENSHOTS) {
    expect(image.length, `the size of ${name}.png`).toBeLessThan(MAX_PICTURE);
    write(path.join(root, 'docs', 'images', `${name}.png`), image);
  }
}

function write(file: string, content: Buffer) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}
