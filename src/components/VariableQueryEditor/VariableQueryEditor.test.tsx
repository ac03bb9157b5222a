import { act, render, screen } from '@testing-library/react';
import React, { useState } from 'react';

import { accessibilityProblems } from '../../testing/accessibility';
import { testDatasource } from '../../testing/datasource';
import { giveElementsASize } from '../../testing/layout';
import { fakeTemplateSrv } from '../../testing/templateSrv';
import { testUser } from '../../testing/user';
import { type WindmillVariableQuery } from '../../types';
import { VARIABLE_VALUES } from '../../variables/variableValues';
import { VariableQueryEditor } from './VariableQueryEditor';

beforeAll(giveElementsASize);

async function setup(initial: Partial<WindmillVariableQuery> = {}) {
  const { datasource } = testDatasource(
    () => ({ values: ['a'], truncated: false }),
    fakeTemplateSrv({ flow: { value: 'f/a' } })
  );
  const onChange = jest.fn();
  function Host() {
    const [query, setQuery] = useState({ refId: '', ...initial });
    return (
      <VariableQueryEditor
        datasource={datasource}
        query={query}
        onRunQuery={() => {}}
        onChange={(next, definition) => {
          onChange(next, definition);
          setQuery(next);
        }}
      />
    );
  }
  const view = render(<Host />);
  await act(async () => {});
  return { ...view, user: testUser(), onChange };
}

it('starts with flows', async () => {
  const { user } = await setup();
  expect(screen.getByLabelText('Values')).toHaveValue('Flows');
  await user.click(screen.getByRole('button', { name: 'Filter' }));
  expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual([
    expect.stringMatching(/^Workspace/),
  ]);
});

it('chains to another variable', async () => {
  const { user, onChange } = await setup({ values: 'step' });
  await user.click(screen.getByRole('button', { name: 'Filter' }));
  await user.click(screen.getByRole('menuitem', { name: /^Flow/ }));
  await user.click(screen.getByLabelText('Flow'));
  await user.click(await screen.findByRole('option', { name: '$flow' }));
  expect(onChange).toHaveBeenLastCalledWith(
    { refId: 'variable', values: 'step', filters: { flow: ['$flow'] } },
    'Steps, flow $flow'
  );
});

it('drops filters that mean nothing for other values', async () => {
  const { user, onChange } = await setup({ values: 'step', filters: { workspace: ['w'], flow: ['f/a'] } });
  await user.click(screen.getByLabelText('Values'));
  await user.click(await screen.findByRole('option', { name: /^Flows/ }));
  expect(onChange.mock.lastCall[0]).toMatchObject({ values: 'flow', filters: { workspace: ['w'] } });
});

it('limits runs', async () => {
  const { user, onChange } = await setup({ values: 'run' });
  await user.type(screen.getByLabelText('Limit'), '20{Enter}');
  expect(onChange.mock.lastCall[0]).toMatchObject({ values: 'run', limit: 20 });
  await user.click(screen.getByRole('button', { name: 'Filter' }));
  expect(screen.getByRole('menuitem', { name: /^Outcome/ })).toBeInTheDocument();
});

it.each(VARIABLE_VALUES.map(({ value }) => value))('%s is accessible', async (values) => {
  const { container } = await setup({ values });
  expect(await accessibilityProblems(container)).toEqual([]);
});
