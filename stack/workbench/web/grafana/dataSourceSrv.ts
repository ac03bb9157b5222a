import type { DataSourceApi, DataSourceInstanceSettings, DataSourceRef, ScopedVars } from '@grafana/data';
import {
  config,
  type DataSourceSrv,
  type GetDataSourceListFilters,
  getBackendSrv,
  getTemplateSrv,
  type RuntimeDataSourceRegistration,
} from '@grafana/runtime';

import { loadDataSourcePlugin } from '../plugins/load';
import type { FrontendSettings } from './settings';

type Reference = DataSourceRef | string | null | undefined;

/** The provisioned data sources. Of those that only Grafana runs no more than name, type and uid are known. */
export class WorkbenchDataSourceSrv implements DataSourceSrv {
  private readonly instances = new Map<string, Promise<DataSourceApi>>();

  constructor(
    private byName: Record<string, DataSourceInstanceSettings>,
    private defaultName: string
  ) {}

  get(ref?: Reference, scopedVars?: ScopedVars): Promise<DataSourceApi> {
    const settings = this.getInstanceSettings(ref, scopedVars);
    if (!settings) {
      return Promise.reject(new Error(`No data source is called ${describe(ref)}.`));
    }
    let instance = this.instances.get(settings.uid);
    if (!instance) {
      instance = makeInstance(settings);
      this.instances.set(settings.uid, instance);
      instance.catch(() => this.instances.delete(settings.uid));
    }
    return instance;
  }

  getInstanceSettings(ref?: Reference, scopedVars?: ScopedVars): DataSourceInstanceSettings | undefined {
    const raw = typeof ref === 'string' ? ref : ref?.uid;
    if (!raw || raw === 'default') {
      const type = typeof ref === 'object' ? ref?.type : undefined;
      const ofType = type ? this.all().find((source) => source.type === type) : undefined;
      return ofType ?? this.byName[this.defaultName];
    }
    const name = raw.includes('$') ? getTemplateSrv().replace(raw, scopedVars) : raw;
    return this.all().find((source) => source.uid === name) ?? this.byName[name];
  }

  getList(filters: GetDataSourceListFilters = {}): DataSourceInstanceSettings[] {
    const types = filters.type === undefined ? undefined : [filters.type].flat();
    return this.all().filter(
      (source) =>
        (!types || types.includes(source.type)) &&
        (!filters.pluginId || source.type === filters.pluginId) &&
        (!filters.filter || filters.filter(source))
    );
  }

  async reload(): Promise<void> {
    const settings = await getBackendSrv().get<FrontendSettings>('/api/frontend/settings');
    this.byName = settings.datasources;
    this.defaultName = settings.defaultDatasource;
    config.datasources = settings.datasources;
    this.instances.clear();
  }

  registerRuntimeDataSource({ dataSource }: RuntimeDataSourceRegistration): void {
    this.byName = { ...this.byName, [dataSource.name]: dataSource.instanceSettings };
    this.instances.set(dataSource.uid, Promise.resolve(dataSource));
  }

  private all(): DataSourceInstanceSettings[] {
    return Object.values(this.byName);
  }
}

/** True for data sources of the plugin that runs here: the others have no module to load. */
export function runsHere(settings: DataSourceInstanceSettings | undefined): boolean {
  return Boolean(settings?.meta.module);
}

async function makeInstance(settings: DataSourceInstanceSettings): Promise<DataSourceApi> {
  if (!runsHere(settings)) {
    throw new Error(`${settings.name} is of type ${settings.type}, which only Grafana runs.`);
  }
  const plugin = await loadDataSourcePlugin(settings.meta);
  const instance = new plugin.DataSourceClass(settings);
  instance.components = plugin.components;
  // Grafana sets these on instances whose class did not.
  instance.meta = settings.meta;
  return instance;
}

function describe(ref: Reference): string {
  return typeof ref === 'object' ? JSON.stringify(ref) : `"${ref}"`;
}
