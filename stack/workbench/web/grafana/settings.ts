import type { DataSourceInstanceSettings, PanelPluginMeta } from '@grafana/data';

/** The part of Grafana's frontend settings that the workbench's host answers. */
export interface FrontendSettings {
  buildInfo: { version: string; commit: string; env: string };
  appUrl: string;
  /** By name, as in Grafana. */
  datasources: Record<string, DataSourceInstanceSettings>;
  defaultDatasource: string;
  panels: Record<string, PanelPluginMeta>;
}
