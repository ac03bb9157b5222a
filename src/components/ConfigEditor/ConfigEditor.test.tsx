import { type DataSourceInstanceSettings } from '@grafana/data';
import { config, type DataSourceSrv, setDataSourceSrv } from '@grafana/runtime';
import { act, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';

import { accessibilityProblems } from '../../testing/accessibility';
import { giveElementsASize } from '../../testing/layout';
import { testUser } from '../../testing/user';
import { type WindmillOptions } from '../../types';
import { ConfigEditor } from './ConfigEditor';
import { type Settings } from './settings';

const LIST = [
  { uid: 'my-tempo', name: 'My Tempo', type: 'tempo' },
  { uid: 'my-prom', name: 'My Prometheus', type: 'prometheus' },
  { uid: 'my-loki', name: 'My Loki', type: 'loki' },
].map((ds) => ({ ...ds, meta: { info: { logos: { small: '' } } } })) as DataSourceInstanceSettings[];

beforeAll(() => {
  giveElementsASize();
  setDataSourceSrv({
    getList: ({ type }: { type?: string } = {}) => LIST.filter((ds) => ds.type === type),
    getInstanceSettings: (uid: string | null) => LIST.find((ds) => ds.uid === uid),
    // For the status: nothing was saved yet.
    get: () => Promise.reject(new Error('not found')),
  } as unknown as DataSourceSrv);
});

/** The editor as Grafana hosts it: what it changes comes back as its settings. */
async function setup(jsonData: WindmillOptions = {}, secureJsonFields: Record<string, boolean> = {}) {
  const onChange = jest.fn();
  const initial = { jsonData, secureJsonFields, secureJsonData: {} } as Settings;
  function Host() {
    const [settings, setSettings] = useState(initial);
    return (
      <ConfigEditor
        options={settings}
        onOptionsChange={(next) => {
          onChange(next);
          setSettings(next);
        }}
      />
    );
  }
  const view = render(<Host />);
  await act(async () => {});
  const last = (): Settings => onChange.mock.lastCall?.[0];
  return { ...view, last, user: testUser() };
}

it("streams Tempo's searches, from its own port for gRPC if need be", async () => {
  const { user, last } = await setup({ tempo: { url: 'http://host:1', streaming: true } });
  const grpc = screen.getByLabelText(/^Tempo gRPC URL/);
  await fill(user, grpc, 'host:9095');
  expect(screen.getByText(/^Write the whole address/)).toBeVisible();
  await user.clear(grpc);
  await fill(user, grpc, 'http://host:9095');
  const streaming = { enabled: true, grpcUrl: 'http://host:9095' };
  expect(last().jsonData.tempo).toEqual({ url: 'http://host:1', streaming });
  await user.click(screen.getByLabelText(/^Stream Tempo's searches/));
  expect(last().jsonData.tempo?.streaming).toEqual({ ...streaming, enabled: false });
});

describe.each([
  ['Tempo', 'tempo'],
  ['Prometheus', 'prometheus'],
  ['Loki', 'loki'],
] as const)('%s', (title, upstream) => {
  it('has its connection', async () => {
    const { user, last } = await setup();
    await fill(user, screen.getByLabelText(new RegExp(`^${title} URL`)), 'http://host:1');
    await fill(user, screen.getByLabelText(new RegExp(`^${title} tenant`)), 'team');
    await fill(user, screen.getByLabelText(new RegExp(`^${title} timeout`)), '10');
    expect(last().jsonData).toEqual({ [upstream]: { url: 'http://host:1', tenant: 'team', timeout: 10 } });
  });

  it('has basic authentication', async () => {
    const { user, last } = await setup();
    await user.click(authentication(title, 'Basic'));
    await fill(user, screen.getByLabelText(`${title} user`), 'me');
    await fill(user, screen.getByLabelText(`${title} password`), 'secret');
    expect(last().jsonData[upstream]).toEqual({ basicAuth: true, basicAuthUser: 'me' });
    expect(last().secureJsonData).toEqual({ [`${upstream}.basicAuthPassword`]: 'secret' });
    expect(JSON.stringify(last().jsonData)).not.toContain('secret');
  });

  it('has a bearer token', async () => {
    const { user, last } = await setup();
    await user.click(authentication(title, 'Bearer token'));
    await fill(user, screen.getByLabelText(new RegExp(`^${title} token`)), 'secret');
    expect(last().secureJsonData).toEqual({ [`${upstream}.bearerToken`]: 'secret' });
    await user.click(authentication(title, 'None'));
    expect(last().secureJsonData).toEqual({ [`${upstream}.bearerToken`]: '' });
    expect(screen.queryByLabelText(new RegExp(`^${title} token`))).not.toBeInTheDocument();
  });

  it('has TLS', async () => {
    const { user, last } = await setup();
    const name = new RegExp(`^${title} server name`);
    expect(screen.queryByLabelText(new RegExp(`^Own CA for ${title}`))).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: `TLS of ${title}` }));
    expect(screen.queryByLabelText(name)).not.toBeInTheDocument();
    await user.click(screen.getByLabelText(new RegExp(`^Skip ${title} certificate check`)));
    await user.click(screen.getByLabelText(new RegExp(`^Own CA for ${title}`)));
    await fill(user, screen.getByLabelText(`${title} CA certificate`), 'ca');
    await user.click(screen.getByLabelText(new RegExp(`^Client certificate for ${title}`)));
    await fill(user, screen.getByLabelText(`${title} client certificate`), 'cert');
    await fill(user, screen.getByLabelText(`${title} client key`), 'key');
    await fill(user, screen.getByLabelText(name), 'inner');
    expect(last().jsonData[upstream]).toEqual({
      tlsSkipVerify: true,
      tlsAuthWithCACert: true,
      tlsAuth: true,
      serverName: 'inner',
    });
    expect(last().secureJsonData).toEqual({
      [`${upstream}.tlsCACert`]: 'ca',
      [`${upstream}.tlsClientCert`]: 'cert',
      [`${upstream}.tlsClientKey`]: 'key',
    });
  });

  it('has headers that can be added and removed', async () => {
    const { user, last } = await setup();
    await user.click(screen.getByRole('button', { name: `HTTP headers of ${title}` }));
    await user.click(screen.getByRole('button', { name: `Add ${title} header` }));
    await fill(user, screen.getByLabelText(`${title} header 1 name`), 'X-A');
    await fill(user, screen.getByLabelText(`${title} header 1 value`), 'secret');
    expect(last().jsonData[upstream]).toEqual({ httpHeaderName1: 'X-A' });
    expect(last().secureJsonData).toEqual({ [`${upstream}.httpHeaderValue1`]: 'secret' });
    await user.click(screen.getByRole('button', { name: `Remove ${title} header 1` }));
    expect(last().jsonData[upstream]).toEqual({});
    expect(last().secureJsonData).toEqual({ [`${upstream}.httpHeaderValue1`]: '' });
  });
});

describe('saved secrets', () => {
  const saved = { basicAuth: true, basicAuthUser: 'me', httpHeaderName1: 'X-A' };
  const fields = { 'tempo.basicAuthPassword': true, 'tempo.httpHeaderValue1': true };

  it('are shown as configured, never as text', async () => {
    await setup({ tempo: saved }, fields);
    expect(screen.getByLabelText('Tempo password')).toHaveValue('configured');
    expect(screen.getByLabelText('Tempo password')).toBeDisabled();
    expect(screen.getByLabelText('Tempo header 1 value')).toBeDisabled();
  });

  it('can be reset and given anew', async () => {
    const { user, last } = await setup({ tempo: saved }, fields);
    await user.click(screen.getAllByRole('button', { name: 'Reset' })[0]);
    expect(last().secureJsonFields['tempo.basicAuthPassword']).toBe(false);
    await fill(user, screen.getByLabelText('Tempo password'), 'new');
    expect(last().secureJsonData).toEqual({ 'tempo.basicAuthPassword': 'new' });
    expect(last().secureJsonFields['tempo.httpHeaderValue1']).toBe(true);
  });
});

describe('links', () => {
  it.each([
    ['Tempo', 'tempo', 'My Tempo', 'my-tempo'],
    ['Prometheus', 'prometheus', 'My Prometheus', 'my-prom'],
    ['Loki', 'loki', 'My Loki', 'my-loki'],
  ] as const)('to %s lead to a data source of that type', async (title, upstream, name, uid) => {
    const { user, last, container } = await setup();
    const label = screen.getByText(`${title} data source for links`).closest('label');
    await user.click(container.querySelector(`[id="${label?.htmlFor}"]`) ?? document.body);
    expect(LIST.filter((ds) => screen.queryByText(ds.name)).map((ds) => ds.name)).toEqual([name]);
    await user.click(screen.getByText(name));
    expect(last().jsonData[upstream]).toEqual({ datasourceUid: uid });
  });
});

describe('the stream selector', () => {
  it('belongs to Loki alone', async () => {
    const { user, last } = await setup({ loki: { url: 'http://loki:3100' } });
    await fill(user, screen.getByLabelText(/^Loki stream selector/), '{app="windmill"}');
    expect(last().jsonData).toEqual({ loki: { url: 'http://loki:3100', streamSelector: '{app="windmill"}' } });
    expect(screen.getAllByLabelText(/stream selector/)).toHaveLength(1);
  });

  it('is explained when it is wrong', async () => {
    await setup({ loki: { streamSelector: '{app="windmill"} | json' } });
    expect(screen.getByText(/one LogQL selector/)).toBeInTheDocument();
  });
});

describe('the rest', () => {
  it("has Windmill's address and the baseline's window", async () => {
    const { user, last } = await setup();
    await fill(user, screen.getByLabelText(/^Windmill URL/), 'https://w.example.com');
    await fill(user, screen.getByLabelText(/^Baseline window/), '7d');
    expect(last().jsonData).toEqual({ windmillUrl: 'https://w.example.com', baselineWindow: '7d' });
  });

  it('has the distance of the samples in Prometheus', async () => {
    const { user, last } = await setup({ prometheus: { url: 'http://p:9090' } });
    await fill(user, screen.getByLabelText(/^Prometheus scrape interval/), ' 30s ');
    expect(last().jsonData).toEqual({ prometheus: { url: 'http://p:9090', timeInterval: '30s' } });
  });

  it('forwards the OAuth identity when told to', async () => {
    const { user, last } = await setup();
    await user.click(screen.getByLabelText(/^Forward OAuth identity/));
    expect(last().jsonData).toEqual({ oauthPassThru: true });
  });

  it('offers the secure socks proxy only where Grafana has it', async () => {
    const { unmount } = await setup();
    expect(screen.queryByLabelText(/^Secure Socks Proxy/)).not.toBeInTheDocument();
    unmount();
    config.secureSocksDSProxyEnabled = true;
    const { user, last } = await setup();
    await user.click(screen.getByLabelText(/^Secure Socks Proxy/));
    expect(last().jsonData).toEqual({ enableSecureSocksProxy: true });
    config.secureSocksDSProxyEnabled = false;
  });

  it('explains what is wrong', async () => {
    await setup({
      tempo: { url: 'tempo:3200', timeout: 0 },
      prometheus: { timeInterval: '15' },
      windmillUrl: 'windmill',
      baselineWindow: '24',
    });
    expect(screen.getAllByText(/starting with http/)).toHaveLength(2);
    expect(screen.getByText(/from 1 to 3600/)).toBeInTheDocument();
    expect(screen.getByText(/from 1s to 5m/)).toBeInTheDocument();
    expect(screen.getByText(/200ms, 1.5s, 24h or 7d/)).toBeInTheDocument();
  });
});

it('folds what is not used', async () => {
  await setup({ tempo: { tlsSkipVerify: true }, loki: { httpHeaderName1: 'X-A' } });
  const open = (name: string) => screen.getByRole('button', { name }).getAttribute('aria-expanded');
  expect(['Tempo', 'Prometheus', 'Loki'].map((title) => open(`TLS of ${title}`))).toEqual(['true', 'false', 'false']);
  expect(['Tempo', 'Loki'].map((title) => open(`HTTP headers of ${title}`))).toEqual(['false', 'true']);
});

it('is accessible, with everything open', async () => {
  const all = { basicAuth: true, tlsAuth: true, tlsAuthWithCACert: true, httpHeaderName1: 'X-A' };
  const { container } = await setup({ tempo: all, prometheus: all, loki: all }, { 'tempo.tlsCACert': true });
  expect(await accessibilityProblems(container)).toEqual([]);
});

/** Pasted, because the whole page is drawn anew at each key. */
async function fill(user: ReturnType<typeof testUser>, field: HTMLElement, text: string) {
  await user.click(field);
  await user.paste(text);
}

function authentication(title: string, method: string) {
  return within(screen.getByRole('group', { name: `${title} authentication` })).getByLabelText(method);
}
