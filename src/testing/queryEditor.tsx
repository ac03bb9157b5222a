import { CoreApp, dateTime, type PanelData, type TimeRange } from '@grafana/data';
import { act, render, screen } from '@testing-library/react';
import React, { useState } from 'react';

import { QueryEditor } from '../components/QueryEditor/QueryEditor';
import { type TagValues, type WindmillQuery } from '../types';
import { testDatasource } from './datasource';
import { fakeTemplateSrv } from './templateSrv';
import { testUser } from './user';

export const RANGE: TimeRange = {
  from: dateTime(1_700_000_000_000),
  to: dateTime(1_700_003_600_000),
  raw: { from: 'now-1h', to: 'now' },
};

export interface Setup {
  app?: CoreApp;
  /** What the panel shows. */
  data?: PanelData;
  values?: (tag: string) => Promise<TagValues> | TagValues;
}

/** The editor as Grafana hosts it: what it changes comes back as its query. */
export async function setup(initial: Partial<WindmillQuery>, { app = CoreApp.Explore, values, data }: Setup = {}) {
  const { datasource, getResource } = testDatasource(values, fakeTemplateSrv({ flow: { value: 'f/a' } }));
  const onChange = jest.fn();
  const onRunQuery = jest.fn();
  let replace: (query: WindmillQuery) => void = () => {};

  function Host() {
    const [query, setQuery] = useState<WindmillQuery>({ refId: 'A', ...initial });
    replace = setQuery;
    return (
      <QueryEditor
        datasource={datasource}
        query={query}
        range={RANGE}
        app={app}
        data={data}
        onRunQuery={onRunQuery}
        onChange={(next) => {
          onChange(next);
          setQuery(next);
        }}
      />
    );
  }
  const view = render(<Host />);
  // The menus find their place a moment later.
  await act(async () => {});
  const last = (): WindmillQuery => onChange.mock.lastCall?.[0];
  const user = testUser();
  const unfold = () => user.click(screen.getByRole('button', { name: /^Options/ }));
  const offeredFilters = async () => {
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    const items = await screen.findAllByRole('menuitem');
    return items.map((item) => item.querySelector('span')?.textContent ?? '');
  };
  /** Adds a filter and opens its values. */
  const addFilter = async (label: string) => {
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    await user.click(await screen.findByRole('menuitem', { name: new RegExp(`^${label}`) }));
    const field = await screen.findByLabelText(label);
    await user.click(field);
    return field;
  };
  return {
    ...view,
    user,
    unfold,
    offeredFilters,
    addFilter,
    onChange,
    onRunQuery,
    getResource,
    last,
    replace: (q: WindmillQuery) => replace(q),
  };
}
