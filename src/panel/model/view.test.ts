import { type View, WHOLE_VIEW, readView, toggled, writeView } from './view';

const view: View = {
  show: ['slow', 'waited'],
  search: 'a & b',
  only: true,
  run: 'A/0/run-1',
  range: { from: -1.5, to: 20.25 },
  step: 'run/loop:b',
};

describe('a view in the address', () => {
  it('comes back as it was', () => {
    const written = writeView(view, 'fs3-');
    const query = Object.fromEntries(
      new URLSearchParams(Object.entries(written).map(([name, value]) => [name, value!]))
    );
    expect(readView(query, 'fs3-')).toEqual(view);
    expect(readView(query, 'fs4-')).toEqual(WHOLE_VIEW);
  });

  it('leaves no trace when nothing is asked for', () => {
    expect(Object.values(writeView(WHOLE_VIEW, 'fs3-')).every((value) => value === null)).toBe(true);
  });

  it.each(['', 'x', '1', '5~2', '1~2~3', '1~', '~', '1~Infinity', 'NaN~3'])('has no range in "%s"', (range) => {
    expect(readView({ 'fs3-range': range }, 'fs3-').range).toBeNull();
  });

  it('ignores findings it does not know, and takes the last of several values', () => {
    expect(readView({ 'fs3-show': 'slow,late,__proto__', 'fs3-search': ['a', 'b'] }, 'fs3-')).toMatchObject({
      show: ['slow'],
      search: 'b',
    });
  });
});

test('a finding is added and taken out', () => {
  expect(toggled(['waited'], 'slow')).toEqual(['slow', 'waited']);
  expect(toggled(['slow', 'waited'], 'slow')).toEqual(['waited']);
});
