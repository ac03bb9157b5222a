import { DataSourceWithBackend, type DataSourceSrv, HealthStatus, setDataSourceSrv } from '@grafana/runtime';
import { act, render, screen } from '@testing-library/react';
import React from 'react';

import { accessibilityProblems } from '../../testing/accessibility';
import { testDatasource } from '../../testing/datasource';
import { testUser } from '../../testing/user';
import { type Settings } from './settings';
import { StatusBlock } from './StatusBlock';

const ADVICE = {
  title: 'The span metrics lack step_path',
  text: 'Add it.',
  lines: ['# tempo.yaml', 'metrics_generator:'],
};
const DETAILS = {
  upstreams: [
    { name: 'Tempo', configured: true, ok: true, message: 'Tempo works.', version: '2.9.0' },
    { name: 'Prometheus', configured: true, ok: false, message: 'Prometheus refused.', version: null },
    { name: 'Loki', configured: false, ok: false, message: 'Loki is not configured.', version: null },
  ],
  spanMetrics: { exists: true, windmill: true, tags: ['tag'], missing: ['step_path'], histogram: 'classic' },
  advice: [ADVICE],
};

const health = jest.spyOn(DataSourceWithBackend.prototype, 'callHealthCheck');
const { datasource } = testDatasource();

beforeEach(() => {
  health.mockReset().mockResolvedValue({ status: HealthStatus.OK, message: 'Tempo works.', details: DETAILS });
  setDataSourceSrv({ get: async () => datasource } as unknown as DataSourceSrv);
});

async function setup(url: string | undefined) {
  const settings = { uid: datasource.uid, jsonData: { tempo: { url } } } as Settings;
  const view = render(<StatusBlock settings={settings} />);
  await act(async () => {});
  return { ...view, user: testUser() };
}

it('shows each server, what was detected and what to change', async () => {
  const { container } = await setup('http://tempo:3200');
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    expect.stringContaining('Tempo2.9.0Tempo works.'),
    expect.stringContaining('PrometheusPrometheus refused.'),
    expect.stringContaining('LokiLoki is not configured.'),
  ]);
  expect(screen.getByText('Missing labels').nextSibling).toHaveTextContent('step_path');
  expect(screen.getByText(ADVICE.title)).toBeInTheDocument();
  expect(screen.getByText(/metrics_generator:/)).toBeInTheDocument();
  expect(await accessibilityProblems(container)).toEqual([]);
});

it('copies the lines', async () => {
  const { user } = await setup('http://tempo:3200');
  // Grafana copies without the browser's clipboard where there is none, as on plain HTTP.
  const writeText = jest.fn(async () => {});
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
  Object.defineProperty(window, 'isSecureContext', { configurable: true, value: true });
  await user.click(screen.getByRole('button', { name: /^Copy the configuration/ }));
  expect(writeText).toHaveBeenCalledWith('# tempo.yaml\nmetrics_generator:');
});

it('asks nothing before an address was saved, and again when told to', async () => {
  const { user } = await setup(undefined);
  expect(health).not.toHaveBeenCalled();
  expect(screen.getByRole('status')).toHaveTextContent('Nothing was tested yet.');
  await user.click(screen.getByRole('button', { name: 'Test the saved settings' }));
  expect(await screen.findByText('Prometheus refused.')).toBeInTheDocument();
});

it('is renewed by Save & test, without a second question', async () => {
  await setup('http://tempo:3200');
  health.mockResolvedValue({
    status: HealthStatus.Error,
    message: 'Tempo refused.',
    details: { ...DETAILS, upstreams: [{ ...DETAILS.upstreams[0], ok: false, message: 'Tempo refused.' }], advice: [] },
  });
  await act(async () => {
    await datasource.testDatasource().catch(() => {});
  });
  expect(health).toHaveBeenCalledTimes(2);
  expect(screen.getByText('Tempo refused.')).toBeInTheDocument();
  expect(screen.queryByText(ADVICE.title)).not.toBeInTheDocument();
});

it('says why nothing could be tested', async () => {
  health.mockRejectedValue(new Error('no network'));
  await setup('http://tempo:3200');
  expect(screen.getByRole('status')).toHaveTextContent('The data source could not be checked: no network.');
});

describe("Grafana's own line below Save & test", () => {
  it('has the report on success', async () => {
    const answer = await datasource.testDatasource();
    expect(answer).toMatchObject({ status: 'success', message: 'Tempo works.' });
    expect(answer.details?.verboseMessage).toContain('# tempo.yaml\nmetrics_generator:');
  });

  it('has the report on failure', async () => {
    health.mockResolvedValue({ status: HealthStatus.Error, message: 'Prometheus refused.', details: DETAILS });
    await expect(datasource.testDatasource()).rejects.toMatchObject({
      error: { details: { verboseMessage: expect.stringContaining('# tempo.yaml') } },
    });
  });

  it('has the message alone where the backend found out nothing', async () => {
    health.mockResolvedValue({ status: HealthStatus.OK, message: 'fine', details: undefined });
    expect(await datasource.testDatasource()).toEqual({ status: 'success', message: 'fine' });
  });
});
