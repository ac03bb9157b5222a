import { type CDPSession, type Page, test } from '@playwright/test';

import { openBigRun } from './bigRun';
import { stepRows } from './support';

const FEW = 100;
const MANY = 10_000;
/** Each size is opened this often, in turn; the middle one counts. */
const ROUNDS = 3;
const SCROLLED_FRAMES = 180;

interface Measured {
  /** Milliseconds from the end of the backend's answer until the first rows were painted. */
  firstPaint: number;
  /** Milliseconds between frames while the grid scrolls, 95th percentile. */
  scrollFrame: number;
  /** Milliseconds of the page's processor time per frame while the grid scrolls: what a busy machine does not change. */
  scrollWork: number;
  domRows: number;
}

test('first paint and scrolling of the panel', async ({ browser, baseURL }) => {
  test.setTimeout(900_000);
  const all: Record<number, Measured[]> = { [FEW]: [], [MANY]: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const rows of [FEW, MANY]) {
      const page = await browser.newPage({ baseURL });
      all[rows].push(await measure(page, rows));
      await page.close();
    }
  }
  const [few, many] = [FEW, MANY].map((rows) => middles(all[rows]));
  print('panel_first_paint', many.firstPaint, 'ms', 1000);
  print('panel_first_paint_ratio', many.firstPaint / few.firstPaint, `x of ${FEW} rows`, 5);
  print('panel_scroll_frame_p95', many.scrollFrame, 'ms', 34);
  print('panel_scroll_frame_p95_ratio', many.scrollFrame / few.scrollFrame, `x of ${FEW} rows`, 1.5);
  print('panel_scroll_work', many.scrollWork, 'ms of processor per frame', 16);
  print('panel_scroll_work_ratio', many.scrollWork / few.scrollWork, `x of ${FEW} rows`, 1.2);
  print('panel_dom_rows', many.domRows, `rows of ${MANY}`, 40);
});

async function measure(page: Page, rows: number): Promise<Measured> {
  await page.addInitScript(watchFirstPaint);
  await openBigRun(page, rows);
  const firstPaint = await page.evaluate(async () => {
    const painted = await (window as unknown as { firstRows: Promise<number> }).firstRows;
    const answers = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/ds/query'));
    return painted - Math.max(...answers.map((entry) => (entry as PerformanceResourceTiming).responseEnd));
  });
  await page.getByRole('button', { name: 'Expand all' }).click();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await processorTime(session);
  const scrollFrame = await page.getByRole('treegrid').evaluate(scroll, SCROLLED_FRAMES);
  const scrollWork = ((await processorTime(session)) - before) / SCROLLED_FRAMES;
  return { firstPaint, scrollFrame, scrollWork, domRows: await stepRows(page).count() };
}

/** Milliseconds that the page's main thread has worked since the session was opened. */
async function processorTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
}

/** Runs in the page: window.firstRows resolves with the time at which the first rows were on the screen. */
function watchFirstPaint() {
  Object.assign(window, {
    firstRows: new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector('[data-testid="flow-steps-row"]')) {
          observer.disconnect();
          // The frame after the one that has the rows begins when they are painted.
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
        }
      });
      observer.observe(document, { childList: true, subtree: true });
    }),
  });
}

/** Runs in the page: scrolls down and up, half a view per frame, and answers the 95th percentile of the frames' times. */
async function scroll(grid: Element, frames: number): Promise<number> {
  const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const times: number[] = [];
  let step = grid.clientHeight / 2;
  let last = await nextFrame();
  for (let frame = 0; frame < frames; frame++) {
    if (grid.scrollTop + grid.clientHeight + step > grid.scrollHeight || grid.scrollTop + step < 0) {
      step = -step;
    }
    grid.scrollTop += step;
    const now = await nextFrame();
    times.push(now - last);
    last = now;
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.95)];
}

function middles(list: Measured[]): Measured {
  const middle = (of: (one: Measured) => number) => list.map(of).sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return {
    firstPaint: middle((one) => one.firstPaint),
    scrollFrame: middle((one) => one.scrollFrame),
    scrollWork: middle((one) => one.scrollWork),
    domRows: Math.max(...list.map((one) => one.domRows)),
  };
}

/** One line per figure, in the form that the other benchmarks print. */
function print(name: string, value: number, unit: string, target: number) {
  process.stdout.write(`figure: ${name} ${Number(value.toFixed(2))} ${unit} (target <= ${target})\n`);
}
