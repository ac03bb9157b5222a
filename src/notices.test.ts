import { type DataFrame, toDataFrame } from '@grafana/data';

import { noticesOf, withNotice } from './notices';

const INFO = { severity: 'info' as const, text: 'First.' };

function frame(meta: DataFrame['meta']): DataFrame {
  return { ...toDataFrame({ fields: [] }), meta };
}

test('the whole list is preferred to the joined notices', () => {
  const list = [INFO, { severity: 'info' as const, text: 'Second.' }];
  const joined = [{ severity: 'info' as const, text: '• First.\n• Second.' }];
  expect(noticesOf(frame({ notices: joined, custom: { version: 2, notices: list } }))).toEqual(list);
});

test('frames of version 1 have notices alone', () => {
  expect(noticesOf(frame({ notices: [INFO] }))).toEqual([INFO]);
  expect(noticesOf(frame(undefined))).toEqual([]);
});

test('a notice is added to both lists', () => {
  const more = withNotice(frame({ notices: [INFO], custom: { notices: [INFO] } }), 'Second.');
  expect(more.meta?.notices).toEqual([{ severity: 'info', text: 'First.\n• Second.' }]);
  expect(noticesOf(more).map(({ text }) => text)).toEqual(['First.', 'Second.']);
  expect(noticesOf(withNotice(frame({}), 'Only.')).map(({ text }) => text)).toEqual(['Only.']);
});
