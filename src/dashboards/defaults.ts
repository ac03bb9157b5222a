import { type DashboardLink } from '@grafana/schema';
import { type VariableKind } from '@grafana/schema/apis/dashboard.grafana.app/v2beta1';

/** The tag of the dashboards that come with the plugin. */
export const DASHBOARD_TAG = 'windmill';

/**
 * What Grafana offers on a dashboard as soon as one of its panels asks this data source (Grafana 13 and later): filters
 * that narrow all of its panels. Variables with values would do nothing until a query names them.
 */
export function defaultVariables(type: string, uid: string): VariableKind[] {
  const filters: VariableKind = {
    kind: 'AdhocVariable',
    group: type,
    datasource: { name: uid },
    spec: {
      name: 'windmill_filters',
      label: 'Windmill filters',
      description: 'Narrow every panel that shows Windmill flows, by workspace, flow, step, worker or outcome.',
      baseFilters: [],
      filters: [],
      defaultKeys: [],
      hide: 'dontHide',
      skipUrlSync: false,
      allowCustomValue: true,
    },
  };
  return [filters];
}

/** Links that Grafana offers on such a dashboard: to those that come with the plugin, with the time range kept. */
export function defaultLinks(): DashboardLink[] {
  return [
    {
      type: 'dashboards',
      title: 'Windmill',
      tooltip: 'Dashboards of Windmill flows',
      icon: 'dashboard',
      tags: [DASHBOARD_TAG],
      asDropdown: true,
      includeVars: false,
      keepTime: true,
      targetBlank: false,
    },
  ];
}
