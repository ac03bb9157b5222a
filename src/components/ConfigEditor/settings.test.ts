import { type WindmillOptions } from '../../types';
import {
  authMethod,
  headersOf,
  type Settings,
  withAuthMethod,
  withHeaderAdded,
  withHeaderName,
  withHeaderRemoved,
  withoutSecret,
  withSecret,
  withUpstream,
} from './settings';

function settings(jsonData: WindmillOptions = {}, secureJsonFields: Record<string, boolean> = {}): Settings {
  return { jsonData, secureJsonFields, secureJsonData: {} } as Settings;
}

describe('upstreams', () => {
  it('are changed one at a time, without touching the others', () => {
    const before = settings({ tempo: { url: 'http://a', tenant: 't' }, prometheus: { url: 'http://b' } });
    expect(withUpstream(before, 'tempo', { url: 'http://c' }).jsonData).toEqual({
      tempo: { url: 'http://c', tenant: 't' },
      prometheus: { url: 'http://b' },
    });
    expect(before.jsonData.tempo?.url).toBe('http://a');
  });
});

describe('secrets', () => {
  it('are kept under the name of their upstream', () => {
    expect(withSecret(settings(), 'tempo.bearerToken', 'x').secureJsonData).toEqual({ 'tempo.bearerToken': 'x' });
  });

  it('are overwritten with nothing when they are reset', () => {
    const after = withoutSecret(
      settings({}, { 'tempo.bearerToken': true, 'loki.bearerToken': true }),
      'tempo.bearerToken'
    );
    expect(after.secureJsonFields).toEqual({ 'tempo.bearerToken': false, 'loki.bearerToken': true });
    expect(after.secureJsonData).toEqual({ 'tempo.bearerToken': '' });
  });

  it('that do not exist stay so', () => {
    const before = settings();
    expect(withoutSecret(before, 'tempo.bearerToken')).toBe(before);
  });
});

describe('authentication', () => {
  it.each([
    ['none', settings()],
    ['basic', settings({ tempo: { basicAuth: true } })],
    ['bearer', settings({}, { 'tempo.bearerToken': true })],
    ['bearer', withSecret(settings(), 'tempo.bearerToken', 'x')],
    ['none', settings({}, { 'prometheus.bearerToken': true })],
  ])('is read as %s', (method, value) => {
    expect(authMethod(value, 'tempo')).toBe(method);
  });

  it('forgets the token when it becomes basic', () => {
    const after = withAuthMethod(settings({}, { 'tempo.bearerToken': true }), 'tempo', 'basic');
    expect(after.jsonData.tempo?.basicAuth).toBe(true);
    expect(after.secureJsonData).toEqual({ 'tempo.bearerToken': '' });
    expect(authMethod(after, 'tempo')).toBe('basic');
  });

  it('forgets the password when it becomes none', () => {
    const before = settings({ tempo: { basicAuth: true } }, { 'tempo.basicAuthPassword': true });
    const after = withAuthMethod(before, 'tempo', 'none');
    expect(after.jsonData.tempo?.basicAuth).toBe(false);
    expect(after.secureJsonFields).toEqual({ 'tempo.basicAuthPassword': false });
  });
});

describe('headers', () => {
  const two = settings(
    { tempo: { url: 'http://a', httpHeaderName2: 'X-B', httpHeaderName1: 'X-A' } },
    { 'tempo.httpHeaderValue1': true, 'tempo.httpHeaderValue2': true }
  );

  it('are listed by number', () => {
    expect(headersOf(two, 'tempo')).toEqual([
      { index: 1, name: 'X-A' },
      { index: 2, name: 'X-B' },
    ]);
    expect(headersOf(two, 'prometheus')).toEqual([]);
  });

  it('keep their number and saved value when another one is removed', () => {
    const after = withHeaderRemoved(two, 'tempo', 1);
    expect(headersOf(after, 'tempo')).toEqual([{ index: 2, name: 'X-B' }]);
    expect(after.secureJsonFields).toEqual({ 'tempo.httpHeaderValue1': false, 'tempo.httpHeaderValue2': true });
    expect(after.secureJsonData).toEqual({ 'tempo.httpHeaderValue1': '' });
    expect(after.jsonData.tempo?.url).toBe('http://a');
  });

  it('get a number of their own when added', () => {
    const added = withHeaderAdded(withHeaderRemoved(two, 'tempo', 1), 'tempo');
    expect(headersOf(withHeaderName(added, 'tempo', 3, 'X-C'), 'tempo')).toEqual([
      { index: 2, name: 'X-B' },
      { index: 3, name: 'X-C' },
    ]);
    expect(headersOf(withHeaderAdded(settings(), 'loki'), 'loki')).toEqual([{ index: 1, name: '' }]);
  });

  it('take no value over from a removed header of the same number', () => {
    const again = withHeaderAdded(withHeaderRemoved(two, 'tempo', 2), 'tempo');
    expect(headersOf(again, 'tempo')[1]).toEqual({ index: 2, name: '' });
    expect(again.secureJsonFields['tempo.httpHeaderValue2']).toBe(false);
    expect(again.secureJsonData?.['tempo.httpHeaderValue2']).toBe('');
  });
});
