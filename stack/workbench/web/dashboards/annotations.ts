import { type AnnotationEvent, type AnnotationQuery, CoreApp, LoadingState, type TimeRange } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { filter, firstValueFrom } from 'rxjs';

import { runQueries } from '../query/run';

/** An annotation of a dashboard with what it marks. */
export interface LoadedAnnotation {
  name: string;
  events: AnnotationEvent[];
  /** Why they could not be read. */
  error?: string;
}

/** Asks for the annotations of a dashboard that are switched on, through the data source's own support for them. */
export function loadAnnotations(queries: AnnotationQuery[], range: TimeRange): Promise<LoadedAnnotation[]> {
  const asked = queries.filter(({ enable, datasource }) => enable && datasource);
  return Promise.all(
    asked.map((query) =>
      load(query, range).then(
        (events) => ({ name: query.name, events }),
        (reason: unknown) => ({
          name: query.name,
          events: [],
          error: reason instanceof Error ? reason.message : String(reason),
        })
      )
    )
  );
}

async function load(query: AnnotationQuery, range: TimeRange): Promise<AnnotationEvent[]> {
  const datasource = await getDataSourceSrv().get(query.datasource ?? null);
  const support = datasource.annotations;
  const target = support?.prepareQuery?.(query);
  if (!support?.processEvents || !target) {
    return [];
  }
  const queries = [{ ...target, datasource: { type: datasource.type, uid: datasource.uid } }];
  const answer = runQueries({ datasource, queries, range, app: CoreApp.Dashboard, maxDataPoints: 100 });
  const data = await firstValueFrom(answer.pipe(filter(({ state }) => state !== LoadingState.Loading)));
  if (data.error) {
    throw new Error(data.error.data?.message ?? data.error.message);
  }
  return (await firstValueFrom(support.processEvents(query, data.series))) ?? [];
}
