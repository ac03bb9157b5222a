import {
  type AdHocVariableFilter,
  AppEvents,
  type CoreApp,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithLogsContextSupport,
  type DataSourceWithQueryModificationSupport,
  type DataSourceWithSupplementaryQueriesSupport,
  type DataSourceWithToggleableQueryFiltersSupport,
  getDefaultTimeRange,
  type LogRowContextOptions,
  type LogRowModel,
  type MetricFindValue,
  type QueryFilterOptions,
  type QueryFixAction,
  type ScopedVars,
  type SupplementaryQueryOptions,
  SupplementaryQueryType,
  type TestDataSourceResponse,
  type TimeRange,
  type ToggleFilterAction,
} from '@grafana/data';
import {
  config,
  DataSourceWithBackend,
  getAppEvents,
  getGrafanaLiveSrv,
  getTemplateSrv,
  type HealthCheckResult,
  HealthStatus,
  type TemplateSrv,
} from '@grafana/runtime';
import { type DashboardLink } from '@grafana/schema';
import { type VariableKind } from '@grafana/schema/apis/dashboard.grafana.app/v2beta1';
import { lastValueFrom, type Observable } from 'rxjs';

import { annotationSupport } from './annotations/annotationSupport';
import { defaultLinks, defaultVariables } from './dashboards/defaults';
import { type FilterSource } from './datasourceApi';
import { healthAnswers } from './health/healthFeed';
import { reportOf, reportText } from './health/report';
import { contextQuery, contextRequest, eachOnce } from './loglines/logContext';
import { hasFilterFor, modifiedQuery, toggleFilter } from './loglines/logFilters';
import { volumeQuery, volumeRequest } from './loglines/logVolume';
import { adHocKeys, adHocProblem, underAdHocFilters, withAdHocFilters } from './query/adHoc';
import { queryDisplayText } from './query/displayText';
import { matchNothing } from './query/filters';
import { interpolateFilters, interpolateQuery } from './query/interpolate';
import { defaultQuery } from './query/queryTypes';
import { TagValuesCache } from './query/tagValues';
import { isStreamed } from './streaming/eligible';
import { mergeResponses } from './streaming/merge';
import { streamQuery } from './streaming/stream';
import { type FilterKey, type TagValues, type WindmillOptions, type WindmillQuery } from './types';
import { WindmillVariableSupport } from './variables/variableSupport';

/** The data source in the browser: it fills in variables and hands every query to the backend. */
export class WindmillDataSource
  extends DataSourceWithBackend<WindmillQuery, WindmillOptions>
  implements
    FilterSource,
    DataSourceWithSupplementaryQueriesSupport<WindmillQuery>,
    DataSourceWithLogsContextSupport<WindmillQuery>,
    DataSourceWithToggleableQueryFiltersSupport<WindmillQuery>,
    DataSourceWithQueryModificationSupport<WindmillQuery>
{
  private readonly options: WindmillOptions;
  private readonly tagValues = new TagValuesCache((params) => this.getResource<TagValues>('tag-values', params));

  /** Details of the last health check. */
  private tested: HealthCheckResult['details'];

  constructor(
    instanceSettings: DataSourceInstanceSettings<WindmillOptions>,
    private readonly templateSrv: TemplateSrv = getTemplateSrv()
  ) {
    super(instanceSettings);
    this.variables = new WindmillVariableSupport(this);
    this.annotations = annotationSupport(() => Number(templateSrv.replace('${__to}')));
    this.options = instanceSettings.jsonData ?? {};
  }

  getDefaultQuery(app: CoreApp): Partial<WindmillQuery> {
    return defaultQuery(app);
  }

  /** A query without a type is one that was just added and not filled in yet. */
  filterQuery(query: WindmillQuery): boolean {
    return !query.hide && Boolean(query.queryType);
  }

  /** Under the dashboard's ad-hoc filters. */
  query(request: DataQueryRequest<WindmillQuery>): Observable<DataQueryResponse> {
    const filtersOf = (query: WindmillQuery) => interpolateFilters(query.filters, this.templateSrv, request.scopedVars);
    return underAdHocFilters(request, filtersOf, (checked) => this.ask(checked));
  }

  /** Queries that are streamed or followed go over Grafana Live, the others over HTTP. */
  private ask(request: DataQueryRequest<WindmillQuery>): Observable<DataQueryResponse> {
    const live = getGrafanaLiveSrv();
    const streamed = request.targets.filter((query) => isStreamed(query, request, this.options));
    if (!live || !config.liveEnabled || config.publicDashboardAccessToken || streamed.length === 0) {
      return super.query(request);
    }
    const parts = streamed.map((target) => {
      const query = this.applyTemplateVariables(target, request.scopedVars, request.filters);
      // The same id would take back the request for the other queries.
      const alone = { ...request, targets: [target], requestId: `${request.requestId}-${target.refId}` };
      return streamQuery({ live, uid: this.uid, query, request, fallback: () => super.query(alone) });
    });
    const others = request.targets.filter((query) => !streamed.includes(query));
    if (others.length > 0) {
      parts.push(super.query({ ...request, targets: others }));
    }
    return mergeResponses(parts, request.requestId);
  }

  /** Variables and ad-hoc filters filled in. Expressions, alert rules and the way to Explore come here alone. */
  applyTemplateVariables(query: WindmillQuery, scopedVars: ScopedVars, adHoc?: AdHocVariableFilter[]): WindmillQuery {
    const { filters, ...rest } = interpolateQuery(query, this.templateSrv, scopedVars);
    return { ...rest, filters: withAdHocFilters(filters, adHoc) };
  }

  /** What a dashboard can be filtered by. */
  async getTagKeys(): Promise<MetricFindValue[]> {
    return adHocKeys();
  }

  /** Values of one of them, narrowed by the other filters of the dashboard. */
  async getTagValues({ key, filters, timeRange }: DataSourceGetTagValuesOptions): Promise<MetricFindValue[]> {
    const others = withAdHocFilters({}, adHocProblem(filters) ? [] : filters);
    const { values } = await this.filterValues(key as FilterKey, { filters: others }, timeRange);
    return values.map((value) => ({ text: value, value }));
  }

  /** Filters that Grafana 13 adds to a dashboard that uses the data source. */
  async getDefaultVariables(): Promise<VariableKind[]> {
    return defaultVariables(this.type, this.uid);
  }

  /** Links that Grafana 13 adds to such a dashboard. */
  async getDefaultLinks(): Promise<DashboardLink[]> {
    return defaultLinks();
  }

  /** What Grafana shows of a test is the message and `verboseMessage`; the settings page shows all of it. */
  async callHealthCheck(): Promise<HealthCheckResult> {
    const result = await super.callHealthCheck();
    const report = reportOf(result?.details);
    healthAnswers.next({
      uid: this.uid,
      ok: result?.status === HealthStatus.OK,
      message: result?.message ?? "The plugin's backend did not answer.",
      report,
    });
    this.tested = report && { ...result.details, verboseMessage: reportText(report) };
    return report ? { ...result, details: this.tested } : result;
  }

  /** Grafana's own drops the details of a success. */
  async testDatasource(): Promise<TestDataSourceResponse> {
    const answer = await super.testDatasource();
    return this.tested ? { ...answer, details: this.tested } : answer;
  }

  /** For Explore: the log volume above the lines. */
  getSupportedSupplementaryQueryTypes(): SupplementaryQueryType[] {
    return [SupplementaryQueryType.LogsVolume];
  }

  getSupplementaryQuery(options: SupplementaryQueryOptions, query: WindmillQuery): WindmillQuery | undefined {
    return volumeQuery(options, query);
  }

  getSupplementaryRequest(
    type: SupplementaryQueryType,
    request: DataQueryRequest<WindmillQuery>
  ): DataQueryRequest<WindmillQuery> | undefined {
    return volumeRequest({ type }, request);
  }

  /** For the logs view: the lines of the same run before or after one. */
  async getLogRowContext(row: LogRowModel, options?: LogRowContextOptions): Promise<DataQueryResponse> {
    const request = contextRequest(row, options);
    if (!request) {
      return { data: [] };
    }
    const answer = await lastValueFrom(super.query(request));
    const error = answer.errors?.[0];
    if (error) {
      throw new Error(error.data?.message ?? error.message ?? 'The lines around it could not be read.');
    }
    return { ...answer, data: eachOnce(answer.data) };
  }

  async getLogRowContextQuery(row: LogRowModel, options?: LogRowContextOptions): Promise<WindmillQuery | null> {
    return contextQuery(row, options) ?? null;
  }

  /** For Explore: filter for a value and without it, in the details of a line and in tables. */
  toggleQueryFilter(query: WindmillQuery, filter: ToggleFilterAction): WindmillQuery {
    return toggleFilter(query, filter) ?? this.refuse(query, filter.options.key);
  }

  queryHasFilter(query: WindmillQuery, { key, value }: QueryFilterOptions): boolean {
    return hasFilterFor(query, key, value);
  }

  modifyQuery(query: WindmillQuery, action: QueryFixAction): WindmillQuery {
    return modifiedQuery(query, action) ?? this.refuse(query, action.options?.key ?? action.type);
  }

  getSupportedQueryModifications(): string[] {
    return ['ADD_FILTER', 'ADD_FILTER_OUT', 'ADD_STRING_FILTER'];
  }

  /** Leaves the query as it is and says so. */
  private refuse(query: WindmillQuery, what: string | undefined): WindmillQuery {
    const payload = [`Windmill Flow Steps cannot filter by ${what ?? 'that'}`];
    getAppEvents().publish({ type: AppEvents.alertWarning.name, payload });
    return query;
  }

  getQueryDisplayText(query: WindmillQuery): string {
    return queryDisplayText(query);
  }

  filterValues(
    tag: FilterKey,
    query: Pick<WindmillQuery, 'filters'>,
    range: TimeRange = getDefaultTimeRange(),
    scopedVars: ScopedVars = {}
  ): Promise<TagValues> {
    const filters = interpolateFilters(query.filters, this.templateSrv, scopedVars);
    delete filters[tag];
    return matchNothing(filters)
      ? Promise.resolve({ values: [], truncated: false })
      : this.tagValues.get({ tag, filters, from: range.from.valueOf(), to: range.to.valueOf() });
  }

  variableNames(): string[] {
    return this.templateSrv.getVariables().map((variable) => `$${variable.name}`);
  }
}
