import type {
  DataSourceApi,
  DataSourcePlugin,
  DataSourcePluginMeta,
  PanelPlugin,
  PanelPluginMeta,
} from '@grafana/data';
import { config } from '@grafana/runtime';

import { sharedDependencies } from './shared';

const loaded = new Map<string, Promise<System.Module>>();
let prepared = false;

/** Puts the libraries that Grafana shares with its plugins under their names, once. */
function prepare() {
  if (prepared) {
    return;
  }
  prepared = true;
  const imports: Record<string, string> = {};
  for (const [name, module] of Object.entries(sharedDependencies)) {
    imports[name] = `package:${name}`;
    System.set(`package:${name}`, { ...module, default: module, __useDefault: true });
  }
  System.addImportMap({ imports });
}

/** Loads a built module.js once. A failure is not kept, so that a plugin which was just built can be tried again. */
function loadModule(path: string): Promise<System.Module> {
  prepare();
  const url = new URL(`/${path}`, window.location.href).href;
  let module = loaded.get(url);
  if (!module) {
    module = System.import(url);
    loaded.set(url, module);
    module.catch(() => {
      loaded.delete(url);
      System.delete(url);
    });
  }
  return module;
}

/** The plugin that a built data source module exports. */
export async function loadDataSourcePlugin(meta: DataSourcePluginMeta): Promise<DataSourcePlugin<DataSourceApi>> {
  const module = await loadModule(meta.module);
  const plugin: DataSourcePlugin<DataSourceApi> | undefined = module.plugin;
  if (!plugin?.DataSourceClass) {
    throw new Error(`${meta.module} exports no data source plugin.`);
  }
  plugin.meta = meta;
  return plugin;
}

/** True when a panel plugin of this id was built with the data source. */
export function hasPanel(id: string | undefined): id is string {
  return id !== undefined && id in config.panels;
}

/** The plugin that a built panel module exports. */
export async function loadPanelPlugin(id: string): Promise<PanelPlugin> {
  const meta: PanelPluginMeta | undefined = config.panels[id];
  if (!meta) {
    throw new Error(`No panel of type ${id} was built with the plugin.`);
  }
  const module = await loadModule(meta.module);
  const plugin: PanelPlugin | undefined = module.plugin;
  if (!plugin?.panel) {
    throw new Error(`${meta.module} exports no panel plugin.`);
  }
  plugin.meta = meta;
  return plugin;
}
