import { type ScopedVars, type TimeRange } from '@grafana/data';
import { type DataSourceWithBackend } from '@grafana/runtime';

import { type FilterKey, type TagValues, type WindmillOptions, type WindmillQuery } from './types';

/** What editors and variables ask the data source for, besides what every data source has. */
export interface FilterSource {
  /**
   * Values of one filter in the time range, narrowed by the query's other filters.
   * Fails with what the backend says, for example when Tempo does not answer.
   */
  filterValues(
    tag: FilterKey,
    query: Pick<WindmillQuery, 'filters'>,
    range?: TimeRange,
    scopedVars?: ScopedVars
  ): Promise<TagValues>;
  /** Names of the dashboard's variables, as they are written into a filter. */
  variableNames(): string[];
}

/** The data source as its editors and variables know it, so that they need not import the class, which imports them. */
export type WindmillApi = DataSourceWithBackend<WindmillQuery, WindmillOptions> & FilterSource;
