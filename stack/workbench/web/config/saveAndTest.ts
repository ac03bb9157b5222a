import type { DataSourceSettings } from '@grafana/data';
import { DataSourceWithBackend, getBackendSrv, HealthCheckError } from '@grafana/runtime';

import { dataSourceSrv } from '../grafana/setup';
import type { Health } from './HealthResult';

interface Result {
  /** As saved: secrets that were typed in are now only known to be set. */
  settings: DataSourceSettings;
  health: Health;
}

/** Saves the settings and asks the plugin whether they work. Every failure is told as a health result. */
export async function saveAndTest(settings: DataSourceSettings): Promise<Result> {
  let saved = settings;
  try {
    const url = `/api/datasources/uid/${encodeURIComponent(settings.uid)}`;
    const answer = await getBackendSrv().put<{ datasource: DataSourceSettings }>(url, settings);
    saved = { ...answer.datasource, secureJsonData: undefined };
    await dataSourceSrv.reload();
    const instance = await dataSourceSrv.get(settings.uid);
    const tested: { status?: string; message?: string } = await instance.testDatasource();
    // Grafana shows no details of a check that went well; here they are asked for.
    const details: unknown =
      instance instanceof DataSourceWithBackend ? (await instance.callHealthCheck()).details : undefined;
    return {
      settings: saved,
      health: { ok: tested.status === 'success', message: tested.message ?? '', details },
    };
  } catch (reason) {
    return { settings: saved, health: failure(reason) };
  }
}

/** testDatasource rejects with {status, message, error}; requests reject with {data: {message}}. */
function failure(reason: unknown): Health {
  const { error, message, data } = Object(reason) as {
    error?: unknown;
    message?: unknown;
    data?: { message?: unknown };
  };
  const details: unknown = error instanceof HealthCheckError ? error.details : undefined;
  const text = [message, data?.message].find((candidate) => typeof candidate === 'string');
  return { ok: false, message: typeof text === 'string' ? text : 'The data source was not tested.', details };
}
