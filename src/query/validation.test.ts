import {
  durationError,
  jobIdError,
  limitError,
  minCallsError,
  parseQuantile,
  percentError,
  quantileLabel,
  searchError,
  timeoutError,
  urlError,
} from './validation';

const RUN = '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b';

describe.each([
  [
    'durationError',
    durationError,
    ['', '200ms', '1.5s', '2m', '1h30m', '7d', '1w2d', '$min', '${min:raw}', '[[min]]'],
    ['5', 's', '1.5', '2 m', '-1s', '1.5d', 'x'],
  ],
  [
    'jobIdError',
    jobIdError,
    ['', RUN, RUN.toUpperCase(), ` ${RUN} `, '$run'],
    [RUN.replaceAll('-', ''), 'latest', `${RUN}0`],
  ],
  ['limitError', limitError, ['', '1', '1000'], ['0', '1001', '1.5', '-1', 'x']],
  ['percentError', percentError, ['', '0.1', '12.5', '100000'], ['0', '-1', '100001', 'x', '50 %']],
  ['minCallsError', minCallsError, ['', '1', '20'], ['0', '-1', '1.5', 'x', '1e10']],
  ['searchError', searchError, ['', 'timeout', 'a'.repeat(1000)], ['a'.repeat(1001), 'ä'.repeat(501)]],
  [
    'urlError',
    urlError,
    ['', 'http://tempo:3200', 'https://x.example.com/tempo'],
    ['tempo:3200', 'ftp://x', 'http://', 'http:// x'],
  ],
])('%s', (_name, errorOf, right, wrong) => {
  it.each(right)('accepts "%s"', (text) => {
    expect(errorOf(text)).toBeUndefined();
  });

  it.each(wrong)('rejects "%s" with a sentence', (text) => {
    expect(errorOf(text)).toMatch(/^[A-Z].*\.$/);
  });
});

it.each([
  [undefined, true],
  [1, true],
  [3600, true],
  [0, false],
  [3601, false],
  [NaN, false],
])('timeoutError %p', (seconds, right) => {
  expect(timeoutError(seconds) === undefined).toBe(right);
});

it.each([
  ['0.95', 0.95],
  ['p95', 0.95],
  ['P99.9', 0.999],
  [' 0.5 ', 0.5],
  ['1', undefined],
  ['0', undefined],
  ['p100', undefined],
  ['', undefined],
  ['fast', undefined],
])('parseQuantile "%s"', (text, quantile) => {
  expect(parseQuantile(text)).toBe(quantile);
});

it.each([
  [0.5, 'p50'],
  [0.95, 'p95'],
  [0.999, 'p99.9'],
])('quantileLabel %p', (quantile, label) => {
  expect(quantileLabel(quantile)).toBe(label);
});
