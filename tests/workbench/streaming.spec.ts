import { expect, type Page, test } from '@playwright/test';

import { type Complaints, DATA_SOURCE, exploreUrl, FLOW, screenshot, stepRows, waitForResults, watch } from './support';

const settings = `/api/datasources/uid/${DATA_SOURCE}`;

let complaints: Complaints;
test.beforeEach(({ page, baseURL }) => {
  complaints = watch(page, baseURL);
});
test.afterEach(() => {
  expect(complaints.list).toEqual([]);
});

/** Every text of a kind that is seen for however short a time. */
async function seenTexts(page: Page, text: string): Promise<() => Promise<string[]>> {
  await page.addInitScript((wanted) => {
    const seen: string[] = [];
    Object.assign(window, { seenTexts: seen });
    new MutationObserver(() => {
      for (const alert of document.querySelectorAll('[data-testid^="data-testid Alert"]')) {
        if (alert.textContent.includes(wanted)) {
          seen.push(alert.textContent);
        }
      }
    }).observe(document, { childList: true, subtree: true, characterData: true });
  }, text);
  return () => page.evaluate(() => (window as unknown as { seenTexts: string[] }).seenTexts);
}

/** The channels that a page has subscribed to. */
function channels(page: Page): string[] {
  const list: string[] = [];
  page.on('request', (request) => {
    const [, channel] = /\/api\/live\/workbench\/(.*)/.exec(request.url()) ?? [];
    if (channel) {
      list.push(channel);
    }
  });
  return list;
}

test.describe('with streaming on', () => {
  let before: { jsonData: { tempo: object } };
  test.beforeEach(async ({ request }) => {
    before = await (await request.get(settings)).json();
    const tempo = { ...before.jsonData.tempo, streaming: true };
    const saved = await request.put(settings, { data: { ...before, jsonData: { ...before.jsonData, tempo } } });
    expect(saved.ok()).toBe(true);
  });
  test.afterEach(async ({ request }) => {
    expect((await request.put(settings, { data: before })).ok()).toBe(true);
  });

  test('runs are seen, and how far the search is, before the answer is complete', async ({ page }) => {
    const progress = await seenTexts(page, 'Still searching');
    const subscribed = channels(page);
    await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-runs', limit: 500 }]));
    await waitForResults(page);
    await expect(page.getByRole('table').getByRole('row').nth(1).getByRole('link').first()).toBeVisible();

    expect(subscribed).toEqual([expect.stringMatching(`^${DATA_SOURCE}/flow-runs/[0-9a-f]{32}$`)]);
    const seen = await progress();
    expect(seen[0]).toMatch(/Tempo has done \d+ of \d+ jobs and read \d+\.\d MB in \d+ blocks/);
    await expect(page.getByText('Still searching')).toHaveCount(0);
    await expect(page.getByText('were not streamed')).toHaveCount(0);
  });
});

test('runs come in while they are followed, until that is cancelled', async ({ page }) => {
  const subscribed = channels(page);
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-runs', follow: true, limit: 500 }]));
  const newest = page.getByRole('table').getByRole('row').nth(1).getByRole('link').first();
  await expect(newest).toBeVisible();
  const id = await newest.innerText();
  // The simulator goes on.
  await expect(newest).not.toHaveText(id);
  expect(subscribed).toHaveLength(1);

  const left = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/live/'));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await left;
  await expect(page.getByRole('button', { name: 'Run query' })).toBeVisible();
});

test('a finished run is followed to its end', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-runs', limit: 20, filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  const ended = page.getByRole('table').getByRole('row').filter({ hasNotText: 'running' }).nth(1);
  const id = await ended.getByRole('link').first().innerText();

  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', runId: id, follow: true }]));
  await expect(page.getByTestId('flow-steps-panel')).toContainText(id);
  expect(await stepRows(page).count()).toBeGreaterThan(1);
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run query' })).toBeVisible(); // the grace time is over
});

test('the newest run is followed, and then the next one', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', follow: true }]));
  await expect(stepRows(page).first()).toBeVisible();
  const panel = page.getByTestId('flow-steps-panel');
  await screenshot(page, 'explore-follow-dark', { documented: true });
  const first = await panel.innerText();
  await expect.poll(() => panel.innerText()).not.toBe(first);
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
});
