import { render, screen } from '@testing-library/react';
import React from 'react';

import { EXAMPLES } from '../query/examples';
import { hasOption, QUERY_TYPES, type QueryOption, queryTypeInfo } from '../query/queryTypes';
import { durationError } from '../query/validation';
import { accessibilityProblems } from '../testing/accessibility';
import { testDatasource } from '../testing/datasource';
import { testUser } from '../testing/user';
import { type WindmillQuery } from '../types';
import { QueryEditorHelp } from './QueryEditorHelp';

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

it('uses in each example only options that its type has', () => {
  for (const { title, query } of EXAMPLES) {
    const { queryType, filters, ...options } = query;
    const info = queryTypeInfo(queryType)!;
    const lost = Object.keys(options).filter((option) => !hasOption(info, option as QueryOption, query));
    expect({
      title,
      lost,
      filters: Object.keys(filters ?? {}).filter((key) => !info.filters.some((f) => f === key)),
    }).toEqual({ title, lost: [], filters: [] });
  }
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
