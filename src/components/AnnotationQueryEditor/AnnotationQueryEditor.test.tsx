import { act, render, screen } from '@testing-library/react';
import React, { useState } from 'react';

import { ANNOTATION_KINDS } from '../../annotations/annotationKinds';
import { accessibilityProblems } from '../../testing/accessibility';
import { testDatasource } from '../../testing/datasource';
import { giveElementsASize } from '../../testing/layout';
import { testUser } from '../../testing/user';
import { type WindmillQuery } from '../../types';
import { AnnotationQueryEditor } from './AnnotationQueryEditor';

beforeAll(giveElementsASize);

async function setup(initial: Partial<WindmillQuery> = {}) {
  const { datasource } = testDatasource();
  const onChange = jest.fn();
  function Host() {
    const [query, setQuery] = useState<WindmillQuery>({ refId: 'Anno', ...initial });
    const change = (next: WindmillQuery) => {
      onChange(next);
      setQuery(next);
    };
    return <AnnotationQueryEditor datasource={datasource} query={query} onChange={change} />;
  }
  const view = render(<Host />);
  await act(async () => {});
  return { ...view, user: testUser(), last: (): WindmillQuery => onChange.mock.lastCall[0] };
}

it('starts with failed runs, and keeps that when something is added', async () => {
  const { user, last } = await setup();
  expect(screen.getByLabelText('Mark')).toHaveValue('Runs');
  await user.click(screen.getByRole('button', { name: /^Options/ }));
  await user.type(screen.getByLabelText('Limit'), '20{Enter}');
  expect(last()).toEqual({ refId: 'Anno', queryType: 'flow-runs', filters: { outcome: ['error'] }, limit: 20 });
});

it('starts anew with another kind', async () => {
  const { user, last } = await setup({ queryType: 'flow-runs', filters: { outcome: ['error'] }, limit: 20 });
  await user.click(screen.getByLabelText('Mark'));
  await user.click(await screen.findByRole('option', { name: /^Regressions/ }));
  expect(last()).toEqual({ refId: 'Anno', queryType: 'step-regressions', filters: {} });
  await user.click(screen.getByRole('button', { name: /^Options/ }));
  expect(screen.getByLabelText('Slower by (%)')).toBeInTheDocument();
  expect(screen.queryByLabelText('Outcome')).not.toBeInTheDocument();
});

it.each([
  ['flow-runs', 'Follow'],
  ['step-regressions', 'Measure'],
] as const)('%s leaves out the option %s, of which events have no use', async (queryType, label) => {
  await setup({ queryType });
  expect(screen.queryByLabelText(label)).not.toBeInTheDocument();
});

it('names a type that cannot be drawn', async () => {
  await setup({ queryType: 'step-heatmap' });
  expect(screen.getByText(/"step-heatmap" cannot be drawn as annotations/)).toBeInTheDocument();
});

it.each(ANNOTATION_KINDS.map(({ queryType }) => queryType))('%s is accessible', async (queryType) => {
  const { container } = await setup({ queryType });
  expect(await accessibilityProblems(container)).toEqual([]);
});
