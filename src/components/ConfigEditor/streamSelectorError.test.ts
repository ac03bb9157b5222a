import { streamSelectorError } from './streamSelectorError';

it.each(['', ' ', '{a="b"}', ' { a = "b" , c !~ "d|\\"}" , } ', '{a=~`b"`}'])('takes %s', (text) => {
  expect(streamSelectorError(text)).toBeUndefined();
});

it.each(['{}', 'a="b"', '{a="b"} | json', '{a="b"', '{a=b}', '{a-b="c"}'])('does not take %s', (text) => {
  expect(streamSelectorError(text)).toContain('LogQL');
});
