import type { DataSourceApi, DataSourcePlugin, DataSourceSettings } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { Alert, LoadingPlaceholder } from '@grafana/ui';
import React, { useEffect, useState } from 'react';

import { runsHere } from '../grafana/dataSourceSrv';
import { dataSourceSrv } from '../grafana/setup';
import { loadDataSourcePlugin } from '../plugins/load';
import { Page } from '../shell/Page';
import { SettingsForm } from './SettingsForm';

interface Loaded {
  plugin: DataSourcePlugin<DataSourceApi>;
  settings: DataSourceSettings;
}

/** The plugin's config editor on a provisioned data source. */
export function ConfigPage({ uid }: { uid: string }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let current = true;
    load(uid).then(
      (next) => current && setLoaded(next),
      (reason: unknown) => current && setError(reason instanceof Error ? reason.message : 'It could not be read.')
    );
    return () => {
      current = false;
    };
  }, [uid]);
  return (
    <Page
      title={loaded?.settings.name ?? 'Data source'}
      subtitle="What is saved here is kept in memory until the workbench ends."
    >
      {error && <Alert title="This data source can't be edited here">{error}</Alert>}
      {!error && !loaded && <LoadingPlaceholder text="Loading the plugin" />}
      {loaded && <SettingsForm plugin={loaded.plugin} initial={loaded.settings} />}
    </Page>
  );
}

async function load(uid: string): Promise<Loaded> {
  const instance = dataSourceSrv.getInstanceSettings(uid);
  if (!instance) {
    throw new Error(`No data source has the uid "${uid}".`);
  }
  if (!runsHere(instance)) {
    throw new Error(`${instance.name} is of type ${instance.type}, which only Grafana runs.`);
  }
  const [plugin, settings] = await Promise.all([
    loadDataSourcePlugin(instance.meta),
    getBackendSrv().get<DataSourceSettings>(`/api/datasources/uid/${encodeURIComponent(uid)}`),
  ]);
  return { plugin, settings };
}
