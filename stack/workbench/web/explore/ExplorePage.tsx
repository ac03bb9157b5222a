import { type DataSourceApi, type DataSourceInstanceSettings } from '@grafana/data';
import { Alert, LoadingPlaceholder } from '@grafana/ui';
import React, { useMemo } from 'react';

import { runsHere } from '../grafana/dataSourceSrv';
import { dataSourceSrv } from '../grafana/setup';
import { useDataSource } from '../query/useDataSource';
import { Page } from '../shell/Page';
import { ExploreSession } from './ExploreSession';
import { ForeignLink } from './ForeignLink';
import { parseState } from './state';

/** Explore for the plugin's data source, and what a link to another one would ask there. */
export function ExplorePage({ search }: { search: string }) {
  const state = useMemo(() => parseState(search), [search]);
  const settings = dataSourceSrv.getInstanceSettings(state.datasource || ownDefault()?.uid);
  if (!settings) {
    return (
      <Page title="Explore">
        <Alert title="Unknown data source">{`No data source has the uid or name "${state.datasource}".`}</Alert>
      </Page>
    );
  }
  return runsHere(settings) ? (
    <Loaded key={settings.uid} settings={settings} search={search} />
  ) : (
    <ForeignLink settings={settings} state={state} />
  );
}

function Loaded({ settings, search }: { settings: DataSourceInstanceSettings; search: string }) {
  const { datasource, error }: { datasource?: DataSourceApi; error?: string } = useDataSource(settings.uid);
  if (datasource) {
    return <ExploreSession key={settings.uid} datasource={datasource} search={search} />;
  }
  return (
    <Page title="Explore">
      {error ? (
        <Alert title="The plugin can't be loaded">{error}</Alert>
      ) : (
        <LoadingPlaceholder text="Loading the plugin" />
      )}
    </Page>
  );
}

/** The default data source may be one that only Grafana runs. */
function ownDefault(): DataSourceInstanceSettings | undefined {
  const chosen = dataSourceSrv.getInstanceSettings(null);
  return runsHere(chosen) ? chosen : dataSourceSrv.getList().find(runsHere);
}
