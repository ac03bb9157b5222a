import {
  CoreApp,
  CustomVariableSupport,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type MetricFindValue,
} from '@grafana/data';
import { from, last, map, type Observable, switchMap, throwError, of } from 'rxjs';

import { VariableQueryEditor } from '../components/VariableQueryEditor/VariableQueryEditor';
import { type WindmillApi } from '../datasourceApi';
import { type WindmillQuery, type WindmillVariableQuery } from '../types';
import { runChoices } from './runChoices';
import { valuesOf } from './variableValues';

/** Dashboard variables with an editor of their own: values of a filter, or runs. */
export class WindmillVariableSupport extends CustomVariableSupport<
  WindmillApi,
  WindmillVariableQuery,
  WindmillQuery
> {
  editor = VariableQueryEditor;

  constructor(private readonly datasource: WindmillApi) {
    super();
  }

  /** What a new variable lists before anything is chosen, which Grafana keeps in it: the editor shows the same. */
  getDefaultQuery() {
    return { refId: 'variable', values: valuesOf(undefined) };
  }

  /** Answers one variable. Fails with what the backend says. */
  query(request: DataQueryRequest<WindmillVariableQuery>): Observable<DataQueryResponse> {
    const [query] = request.targets;
    const values = valuesOf(query);
    return (values === 'run' ? this.runs(request, query) : from(this.tagValues(request, query, values))).pipe(
      map((data) => ({ data }))
    );
  }

  private async tagValues(
    { range, scopedVars }: DataQueryRequest<WindmillVariableQuery>,
    query: WindmillVariableQuery,
    tag: Exclude<WindmillVariableQuery['values'], 'run' | undefined>
  ): Promise<MetricFindValue[]> {
    const { values } = await this.datasource.filterValues(tag, query, range, scopedVars);
    return values.map((value) => ({ text: value, value }));
  }

  private runs(
    request: DataQueryRequest<WindmillVariableQuery>,
    { refId, filters, limit, datasource }: WindmillVariableQuery
  ): Observable<MetricFindValue[]> {
    const target: WindmillQuery = { refId: refId || 'runs', datasource, queryType: 'flow-runs', filters, limit };
    // Not as the dashboard's own query, which might be streamed.
    return this.datasource.query({ ...request, app: CoreApp.Unknown, targets: [target] }).pipe(
      last(),
      switchMap(({ data, errors }) => {
        const error = errors?.[0];
        return error
          ? throwError(() => new Error(error.data?.message ?? error.message ?? 'The runs could not be listed.'))
          : of(runChoices(data as DataFrame[], request.timezone));
      })
    );
  }
}
