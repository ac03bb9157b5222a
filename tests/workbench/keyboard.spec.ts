import { expect, type Page, test } from '@playwright/test';

import { DASHBOARD, DATA_SOURCE, exploreUrl, FLOW, RUN_DASHBOARD, stepRows, waitForResults } from './support';

const stepsOfARun = exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }]);

/** Whether the focused element, or a box around it, is drawn otherwise than without the focus. */
function focusIsSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement || focused instanceof SVGElement) || focused === document.body) {
      return false;
    }
    const boxes = [focused, focused.parentElement, focused.parentElement?.parentElement].filter((box) => box !== null);
    const drawn = () =>
      boxes.map((box) => {
        const { outline, boxShadow, borderColor, background } = getComputedStyle(box as Element);
        return [outline, boxShadow, borderColor, background].join();
      });
    const withFocus = drawn();
    focused.blur();
    const without = drawn();
    focused.focus();
    return withFocus.some((style, index) => style !== without[index]);
  });
}

test('every field of the query editor is reached in order, and the focus is seen on each', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // colours change at once
  await page.goto(stepsOfARun);
  await waitForResults(page);
  const editor = page.getByRole('group', { name: 'Query A' });
  const reached: string[] = [];
  for (let pressed = 0; pressed < 60 && !reached.includes('Follow'); pressed++) {
    await page.keyboard.press('Tab');
    const labels = await editor
      .locator(':focus')
      .evaluateAll((elements) =>
        elements.map((element) => (element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : ''))
      );
    reached.push(...labels.filter((label) => label !== ''));
    expect(await focusIsSeen(page), `the focus after ${pressed + 1} times Tab`).toBe(true);
  }
  expect(reached).toEqual(['Query type', 'Run id', 'Flow', 'Follow']);
});

test('the details of a step open and close with the keyboard', async ({ page }) => {
  await page.goto(stepsOfARun);
  await waitForResults(page);
  await stepRows(page).nth(1).focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('dialog');
  await expect(details).toContainText('Share of the run');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(details.getByRole('link').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(details).toHaveCount(0);
  await expect(stepRows(page).nth(1)).toBeFocused();
});

test('the inspector keeps the focus, and gives it back', async ({ page }) => {
  await page.goto(stepsOfARun);
  await waitForResults(page);
  const opener = page.getByRole('button', { name: 'Query inspector' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const inspector = page.getByRole('dialog');
  await expect(inspector).toBeVisible();
  await expect(inspector.locator(':focus')).toHaveCount(1);
  for (let pressed = 0; pressed < 10; pressed++) {
    await page.keyboard.press('Tab');
  }
  await expect(inspector.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(inspector).toHaveCount(0);
  await expect(opener).toBeFocused();
});

test('at 200 % zoom no page has to be scrolled sideways', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 500 }); // what 1440 x 1000 pixels hold then
  const pages = [
    stepsOfARun,
    `/d/${DASHBOARD}`,
    `/d/${RUN_DASHBOARD}`,
    `/connections/datasources/edit/${DATA_SOURCE}`,
    '/dashboards',
  ];
  for (const url of pages) {
    await page.goto(url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText(/^Loading|^Reading/)).toHaveCount(0);
    const { content, view } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      view: window.innerWidth,
    }));
    expect(content, url).toBeLessThanOrEqual(view);
  }
});
