import { render, screen } from '@testing-library/react';
import React from 'react';

import { queryTypeInfo } from '../../query/queryTypes';
import { giveElementsASize } from '../../testing/layout';
import { testUser } from '../../testing/user';
import { type QueryType, type WindmillQuery } from '../../types';
import { OptionFields } from './OptionFields';

beforeAll(giveElementsASize);

function setup(query: Partial<WindmillQuery> & { queryType: QueryType }) {
  const info = queryTypeInfo(query.queryType);
  if (!info) {
    throw new Error(`${query.queryType} is unknown`);
  }
  const onChange = jest.fn();
  render(<OptionFields info={info} query={{ refId: 'A', ...query }} onChange={onChange} />);
  return { onChange, user: testUser() };
}

it.each<[boolean | undefined, boolean | undefined]>([
  [undefined, true],
  [true, undefined],
])('a run can be followed: from %s to %s', async (follow, next) => {
  const { onChange, user } = setup({ queryType: 'flow-steps', follow });
  await user.click(screen.getByLabelText('Follow'));
  expect(onChange).toHaveBeenCalledWith({ follow: next });
});

it('statistics cannot be followed', () => {
  setup({ queryType: 'step-latency' });
  expect(screen.queryByLabelText('Follow')).toBeNull();
});
