import { scrapeIntervalError } from './scrapeIntervalError';

it.each(['', ' ', '1s', '15s', '1500ms', '1m30s', '5m'])('takes "%s"', (text) => {
  expect(scrapeIntervalError(text)).toBeUndefined();
});

it.each(['15', 's', '0s', '500ms', '5m1s', '1h', '1d', '$interval', '15s ago'])('does not take "%s"', (text) => {
  expect(scrapeIntervalError(text)).toContain('from 1s to 5m');
});
