import { EventBusSrv, locationUtil } from '@grafana/data';
import {
  config,
  FakeEchoSrv,
  locationService,
  setAppEvents,
  setBackendSrv,
  setCurrentUser,
  setDataSourceSrv,
  setEchoSrv,
  setGrafanaLiveSrv,
  setLocationSrv,
  setTemplateSrv,
} from '@grafana/runtime';
import { initializeLoggersRegistry, reloadDataSourceInstanceSettings } from '@grafana/runtime/unstable';

import { resolveTimeZone } from '../query/timeZone';
import { WorkbenchBackendSrv } from './backendSrv';
import { WorkbenchDataSourceSrv } from './dataSourceSrv';
import { WorkbenchLiveSrv } from './liveSrv';
import { fillRegistries } from './registries';
import { WorkbenchTemplateSrv } from './templateSrv';

export const templateSrv = new WorkbenchTemplateSrv();
export const dataSourceSrv = new WorkbenchDataSourceSrv(config.datasources, config.defaultDatasource);

/** Sets the services that plugins reach through @grafana/runtime. */
export async function setUpRuntime(): Promise<void> {
  initializeLoggersRegistry();
  setBackendSrv(new WorkbenchBackendSrv());
  // While there is no data source service yet, this fills the list that @grafana/runtime looks into first.
  await reloadDataSourceInstanceSettings();
  setDataSourceSrv(dataSourceSrv);
  setGrafanaLiveSrv(new WorkbenchLiveSrv());
  setTemplateSrv(templateSrv);
  setLocationSrv(locationService);
  setAppEvents(new EventBusSrv());
  setEchoSrv(new FakeEchoSrv());
  setCurrentUser(config.bootData.user);
  resolveTimeZone();
  locationUtil.initialize({
    config: config.bootData.settings,
    getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }),
    getVariablesUrlParams: () => ({}),
  });
  fillRegistries();
}
