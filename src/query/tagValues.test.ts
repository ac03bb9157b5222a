import { type TagValues } from '../types';
import { TagValuesCache, type TagValuesRequest } from './tagValues';

const ANSWER: TagValues = { values: ['a'], truncated: false };
const REQUEST: TagValuesRequest = { tag: 'step', filters: { flow: ['f/a'] }, from: 0, to: 3_600_000 };

function setup(load = jest.fn(async () => ANSWER)) {
  const clock = { now: 0 };
  return { load, clock, cache: new TagValuesCache(load, () => clock.now) };
}

describe('TagValuesCache', () => {
  it('asks once for the same values', async () => {
    const { cache, load } = setup();
    await Promise.all([cache.get(REQUEST), cache.get({ ...REQUEST })]);
    await cache.get({ ...REQUEST, to: REQUEST.to + 5_000 });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Partial<TagValuesRequest>]>([
    ['another tag', { tag: 'worker' }],
    ['other filters', { filters: { flow: ['f/b'] } }],
    ['another time range', { to: 7_200_000 }],
  ])('asks again for %s', async (_name, change) => {
    const { cache, load } = setup();
    await cache.get(REQUEST);
    await cache.get({ ...REQUEST, ...change });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("ignores the filter's own values: they do not narrow its options", async () => {
    const { cache, load } = setup();
    await cache.get(REQUEST);
    await cache.get({ ...REQUEST, filters: { ...REQUEST.filters, step: ['x'] } });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('asks again after a while', async () => {
    const { cache, load, clock } = setup();
    await cache.get(REQUEST);
    clock.now = 30_000;
    await cache.get(REQUEST);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('does not remember failures', async () => {
    const load = jest.fn<Promise<TagValues>, []>().mockRejectedValueOnce(new Error('no')).mockResolvedValue(ANSWER);
    const { cache } = setup(load);
    await expect(cache.get(REQUEST)).rejects.toThrow('no');
    await expect(cache.get(REQUEST)).resolves.toEqual(ANSWER);
  });

  it('forgets the oldest answer when there are many', async () => {
    const { cache, load } = setup();
    for (let hour = 0; hour <= 50; hour++) {
      await cache.get({ ...REQUEST, from: hour * 3_600_000 });
    }
    load.mockClear();
    await cache.get({ ...REQUEST, from: 50 * 3_600_000 });
    expect(load).not.toHaveBeenCalled();
    await cache.get({ ...REQUEST, from: 0 });
    expect(load).toHaveBeenCalledTimes(1);
  });
});
