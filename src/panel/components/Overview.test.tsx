import { act, configure, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { locationService } from '@grafana/runtime';

import '../testing/jsdom';
import { accessibilityProblems } from '../../testing/accessibility';
import { type FlowStepsOptions } from '../options';
import { etlRows, flowStepsFrame, panelData } from '../testing/fixture';
import { FlowStepsPanel } from './FlowStepsPanel';

// Finding out for every element whether it is hidden takes jsdom seconds.
configure({ defaultHidden: true });
jest.setTimeout(60_000);
beforeEach(() => locationService.push('/'));

function panel(options: Partial<FlowStepsOptions> = {}, height = 640) {
  // Without baselines the axis ends with the run, which waited 1.8 s: 155 s in all.
  return (
    <FlowStepsPanel
      data={panelData([flowStepsFrame([{ ...etlRows()[0], duration: 153.2 }, ...etlRows().slice(1)])])}
      options={{ showBaselines: false, ...options }}
      width={1280}
      height={height}
      timeZone="utc"
      replaceVariables={(text) => text}
    />
  );
}

const strip = () => screen.getByRole('group', { name: 'Overview of the run' });
const start = () => screen.getByRole('slider', { name: 'Start of what is shown' });
const end = () => screen.getByRole('slider', { name: 'End of what is shown' });
const shown = () => [start(), end()].map((edge) => Number(Number(edge.getAttribute('aria-valuenow')).toFixed(1)));
const outside = () => document.querySelectorAll('[data-part="before"], [data-part="after"]').length;

/** Ten pixels are a second. */
function drag(from: number, to: number) {
  const element = strip();
  element.getBoundingClientRect = () => new DOMRect(0, 0, 1550, 34);
  fireEvent.pointerDown(element, { clientX: (from + 1.8) * 10, button: 0 });
  fireEvent.pointerMove(element, { clientX: (to + 1.8) * 10 });
  fireEvent.pointerUp(element, { clientX: (to + 1.8) * 10 });
}

beforeAll(() => {
  if (typeof DOMRect !== 'function') {
    class TestRect {
      constructor(
        readonly left: number,
        readonly top: number,
        readonly width: number,
        readonly height: number
      ) {}
    }
    Object.assign(globalThis, { DOMRect: TestRect });
  }
});

describe('the overview', () => {
  it('zooms with a drag, pans, moves its edges and goes back to the whole run', async () => {
    render(panel());
    expect(shown()).toEqual([-1.8, 153.2]);
    expect(outside()).toBe(0);
    drag(60, 20);
    expect(shown()).toEqual([20, 60]);
    expect(outside()).toBeGreaterThan(3);
    drag(30, 40);
    expect(shown()).toEqual([30, 70]);
    drag(70, 90);
    expect(shown()).toEqual([30, 90]);
    drag(100, 100.1); // a click
    expect(shown()).toEqual([30, 90]);
    await userEvent.click(screen.getByRole('button', { name: 'Whole run' }));
    expect(shown()).toEqual([-1.8, 153.2]);
    expect(screen.queryByRole('button', { name: 'Whole run' })).not.toBeInTheDocument();
  });

  it('does the same with keys', async () => {
    render(panel());
    act(() => start().focus());
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    expect(shown()[0]).toBeGreaterThan(10);
    await userEvent.keyboard('{PageUp}');
    const [from, to] = shown();
    await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    expect(shown()[0]).toBeLessThan(from);
    expect(shown()[1]).toBeLessThan(to);
    expect(start()).toHaveAttribute('aria-valuetext', expect.stringMatching(/ s after the start of the run$/));
    await userEvent.keyboard('{Escape}');
    expect(shown()).toEqual([-1.8, 153.2]);
    expect(start()).toHaveFocus();
  });

  it('does not keep a jump from its bar', async () => {
    render(panel());
    drag(100, 140);
    await userEvent.click(screen.getByRole('button', { name: /^Slowest: a / }));
    expect(shown()).toEqual([-1.8, 153.2]);
  });

  it('comes from the address, unless that speaks of another run', () => {
    locationService.push('/d/x?fs0-range=20~60');
    const { unmount } = render(panel());
    expect(shown()).toEqual([20, 60]);
    unmount();
    locationService.push('/d/x?fs0-range=20~60&fs0-run=A%2F0%2Fother');
    render(panel());
    expect(shown()).toEqual([-1.8, 153.2]);
  });

  it('leaves its room to the rows of a low panel, and to those who switch it off', () => {
    const { rerender } = render(panel({}, 280));
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
    rerender(panel({ showOverview: false }));
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
  });

  it('has nothing that axe finds wrong', async () => {
    const { container } = render(panel());
    drag(20, 60);
    expect(await accessibilityProblems(container)).toEqual([]);
  });
});
