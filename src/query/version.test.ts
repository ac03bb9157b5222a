import { upgraded } from './version';

it('reads recovered of the first version as recovered or handled', () => {
  expect(upgraded({ filters: { outcome: ['recovered'], flow: 'f/x' } })).toEqual({
    filters: { outcome: ['recovered', 'handled'], flow: ['f/x'] },
    version: 2,
  });
});

it('leaves queries of today as they are', () => {
  const query = { filters: { outcome: ['recovered'] }, version: 2 };
  expect(upgraded(query)).toBe(query);
});

it('marks queries without filters', () => {
  expect(upgraded({})).toEqual({ version: 2 });
});
