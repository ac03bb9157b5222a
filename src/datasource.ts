import {
  type CoreApp,
  type DataSourceInstanceSettings,
  getDefaultTimeRange,
  type ScopedVars,
  type TimeRange,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv, type TemplateSrv } from '@grafana/runtime';

import { queryDisplayText } from './query/displayText';
import { interpolateFilters, interpolateQuery } from './query/interpolate';
import { defaultQuery } from './query/queryTypes';
import { TagValuesCache } from './query/tagValues';
import { type FilterKey, type TagValues, type WindmillOptions, type WindmillQuery } from './types';
import { WindmillVariableSupport } from './variables/variableSupport';

/** The data source in the browser: it fills in variables and hands every query to the backend. */
export class WindmillDataSource extends DataSourceWithBackend<WindmillQuery, WindmillOptions> {
  private readonly tagValues = new TagValuesCache((params) => this.getResource<TagValues>('tag-values', params));

  constructor(
    instanceSettings: DataSourceInstanceSettings<WindmillOptions>,
    private readonly templateSrv: TemplateSrv = getTemplateSrv()
  ) {
    super(instanceSettings);
    this.variables = new WindmillVariableSupport(this);
  }

  getDefaultQuery(app: CoreApp): Partial<WindmillQuery> {
    return defaultQuery(app);
  }

  /** A query without a type is one that was just added and not filled in yet. */
  filterQuery(query: WindmillQuery): boolean {
    return !query.hide && Boolean(query.queryType);
  }

  applyTemplateVariables(query: WindmillQuery, scopedVars: ScopedVars): WindmillQuery {
    return interpolateQuery(query, this.templateSrv, scopedVars);
  }

  getQueryDisplayText(query: WindmillQuery): string {
    return queryDisplayText(query);
  }

  /**
   * Values of one filter in the time range, narrowed by the query's other filters.
   * Fails with what the backend says, for example when Tempo does not answer.
   */
  filterValues(
    tag: FilterKey,
    query: Pick<WindmillQuery, 'filters'>,
    range: TimeRange = getDefaultTimeRange(),
    scopedVars: ScopedVars = {}
  ): Promise<TagValues> {
    return this.tagValues.get({
      tag,
      filters: interpolateFilters(query.filters, this.templateSrv, scopedVars),
      from: range.from.valueOf(),
      to: range.to.valueOf(),
    });
  }

  /** Names of the dashboard's variables, as they are written into a filter. */
  variableNames(): string[] {
    return this.templateSrv.getVariables().map((variable) => `$${variable.name}`);
  }
}
