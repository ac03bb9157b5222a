import { render, screen } from '@testing-library/react';
import React from 'react';

import { QUERY_TYPES } from '../query/queryTypes';
import { durationError } from '../query/validation';
import { accessibilityProblems } from '../testing/accessibility';
import { testDatasource } from '../testing/datasource';
import { testUser } from '../testing/user';
import { type WindmillQuery } from '../types';
import { EXAMPLES, QueryEditorHelp } from './QueryEditorHelp';

function setup() {
  const onClickExample = jest.fn();
  const query: WindmillQuery = { refId: 'B', queryType: 'flow-steps', runId: 'x', datasource: { uid: 'u' } };
  const view = render(
    <QueryEditorHelp datasource={testDatasource().datasource} query={query} onClickExample={onClickExample} />
  );
  return { ...view, onClickExample, user: testUser() };
}

it('has an example of every query type, and each is valid', () => {
  expect(new Set(EXAMPLES.map((example) => example.query.queryType))).toEqual(
    new Set(QUERY_TYPES.map((type) => type.value))
  );
  expect(EXAMPLES.filter((example) => durationError(example.query.minDuration ?? ''))).toEqual([]);
});

it('puts an example in place of the query', async () => {
  const { user, onClickExample } = setup();
  await user.click(screen.getByRole('button', { name: 'Runs that failed' }));
  expect(onClickExample).toHaveBeenCalledWith({
    refId: 'B',
    datasource: { uid: 'u' },
    queryType: 'flow-runs',
    filters: { outcome: ['error'] },
  });
});

it('is accessible', async () => {
  const { container } = setup();
  expect(await accessibilityProblems(container)).toEqual([]);
});
