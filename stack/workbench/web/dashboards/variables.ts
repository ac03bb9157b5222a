import {
  type CustomVariableSupport,
  type DataSourceApi,
  getDefaultTimeRange,
  type MetricFindValue,
  type TimeRange,
  VariableSupportType,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';

import { dataSourceSrv, templateSrv } from '../grafana/setup';
import type { WorkbenchVariable } from '../grafana/templateSrv';
import type { VariableModel } from './model';

/** A value and how it is shown. */
export interface VariableOption {
  value: string;
  text: string;
}

/** A variable with what can be chosen and what is chosen. */
export interface DashboardVariable {
  name: string;
  label: string;
  hidden: boolean;
  multi: boolean;
  /** Free text: no list of options. */
  free: boolean;
  options: VariableOption[];
  value: string | string[];
  /** Why the options could not be read. */
  error?: string;
}

/** Reads the options of every variable in the dashboard's order, since a query may name the ones before it. */
export async function loadVariables(
  models: VariableModel[],
  search: string,
  range: TimeRange
): Promise<DashboardVariable[]> {
  const params = new URLSearchParams(search);
  const variables: DashboardVariable[] = [];
  for (const model of models) {
    const asked = params.getAll(`var-${model.name}`);
    variables.push(await loadVariable(model, asked, range));
    templateSrv.setVariables(interpolated(variables, models));
  }
  return variables;
}

async function loadVariable(model: VariableModel, asked: string[], range: TimeRange): Promise<DashboardVariable> {
  let options: VariableOption[] = [];
  let error: string | undefined;
  try {
    options = await readOptions(model, range);
  } catch (reason) {
    error = reason instanceof Error ? reason.message : String(reason);
  }
  const all = model.includeAll ? [{ value: ALL, text: 'All' }] : [];
  return {
    name: model.name,
    label: model.label || model.name,
    // Ad-hoc filters are chosen in Grafana only.
    hidden: model.hide === 2 || model.type === 'constant' || model.type === 'adhoc',
    multi: Boolean(model.multi),
    free: model.type === 'textbox',
    options: [...all, ...options],
    value: chosen(model, asked, options),
    error,
  };
}

export const ALL = '$__all';

function chosen(model: VariableModel, asked: string[], options: VariableOption[]): string | string[] {
  const saved = model.current?.value;
  const values =
    asked.length > 0
      ? asked
      : [saved]
          .flat()
          .filter((one) => typeof one === 'string' && one !== '')
          .map(String);
  const fallback =
    model.type === 'query' || model.type === 'datasource' || model.type === 'custom'
      ? options.slice(0, 1).map(({ value }) => value)
      : [''];
  const usable = values.length > 0 ? values : model.includeAll ? [ALL] : fallback;
  return model.multi ? usable : (usable[0] ?? '');
}

async function readOptions(model: VariableModel, range: TimeRange): Promise<VariableOption[]> {
  return model.type === 'query'
    ? queryOptions(model, range)
    : fixedOptions(model).map((value) => ({ value, text: value }));
}

function fixedOptions(model: VariableModel): string[] {
  switch (model.type) {
    case 'datasource':
      return dataSourceSrv.getList({ type: String(model.query) }).map(({ uid }) => uid);
    case 'custom':
    case 'interval':
      return String(model.query ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean);
    case 'constant':
      return [String(model.query ?? '')];
    default:
      return [];
  }
}

async function queryOptions({ name, query, datasource }: VariableModel, range: TimeRange): Promise<VariableOption[]> {
  const source = await getDataSourceSrv().get(datasource ?? null);
  const found = await metricFind(source, name, query, range);
  return found.map(({ text, value }) => ({ value: String(value ?? text), text }));
}

async function metricFind(
  source: DataSourceApi,
  name: string,
  query: unknown,
  range: TimeRange
): Promise<MetricFindValue[]> {
  const support = source.variables;
  if (support?.getType() === VariableSupportType.Custom) {
    const custom = support as CustomVariableSupport<DataSourceApi>;
    const response = await lastValueFrom(
      custom.query({
        requestId: `variable-${name}`,
        app: 'dashboard',
        interval: '1s',
        intervalMs: 1000,
        range: range ?? getDefaultTimeRange(),
        scopedVars: {},
        targets: [{ refId: name, ...Object(query) }],
        timezone: 'browser',
        startTime: Date.now(),
      })
    );
    return response.data;
  }
  if (source.metricFindQuery) {
    return source.metricFindQuery(query, { range, variable: { name } });
  }
  throw new Error(`${source.name} answers no variable queries.`);
}

/**
 * The variables as queries see them. "All" goes with every option, which is what plain texts get; the data source asks
 * for the chosen value itself and takes "all" as no filter, as in Grafana.
 */
export function interpolated(variables: DashboardVariable[], models: VariableModel[]): WorkbenchVariable[] {
  return variables.map(({ name, value, options }) => {
    if (![value].flat().includes(ALL)) {
      return { name, value };
    }
    const model = models.find((candidate) => candidate.name === name);
    const every = options.map((option) => option.value).filter((option) => option !== ALL);
    return { name, value: model?.allValue || every, chosen: value };
  });
}
