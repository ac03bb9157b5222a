import { type DataFrame, type DataSourcePlugin } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import React from 'react';

import { plugin } from '../../module';
import { accessibilityProblems } from '../../testing/accessibility';
import { NoticeInspector } from './NoticeInspector';

function frame(refId: string, ...notices: Array<['info' | 'warning' | 'error', string]>): DataFrame {
  return {
    refId,
    fields: [],
    length: 0,
    meta: { notices: notices.map(([severity, text]) => ({ severity, text })) },
  };
}

const FRAMES = [
  frame('A', ['info', 'Cut to 168 h.'], ['warning', 'Some traces are missing.'], ['info', 'A sample of 100 runs.']),
  frame('A', ['info', 'Cut to 168 h.']),
  frame('B', ['info', 'Cut to 168 h.']),
];

it('shows every error and notice once, the gravest first', async () => {
  const { container } = render(
    <NoticeInspector data={FRAMES} errors={[{ refId: 'B', message: 'bad', data: { message: 'Tempo refused.' } }]} />
  );
  const texts = [
    'Tempo refused.',
    'Some traces are missing.',
    'Cut to 168 h.',
    'A sample of 100 runs.',
    'Cut to 168 h.',
  ];
  const shown = screen.getAllByText(new RegExp(texts.map((text) => `^${text}$`).join('|')));
  expect(shown.map((element) => element.textContent)).toEqual(texts);
  expect(screen.getAllByText('Query B')).toHaveLength(2);
  expect(await accessibilityProblems(container)).toEqual([]);
});

it('says so when there are none', () => {
  render(<NoticeInspector data={[]} />);
  expect(screen.getByText('There are no errors and no notices.')).toBeInTheDocument();
});

describe('the plugin', () => {
  it('brings it where Grafana has a place for it', () => {
    expect(plugin.components.ErrorsAndNoticesInspector).toBe(NoticeInspector);
  });

  it('loads without it where Grafana has none, as in 12.4', () => {
    jest.isolateModules(() => {
      const older: typeof DataSourcePlugin = jest.requireActual('@grafana/data').DataSourcePlugin;
      Reflect.deleteProperty(older.prototype, 'setErrorsAndNoticesInspector');
      const loaded: { plugin: typeof plugin } = jest.requireActual('../../module');
      expect(loaded.plugin).toBeInstanceOf(older);
      expect(loaded.plugin.components.ErrorsAndNoticesInspector).toBeUndefined();
    });
  });
});
