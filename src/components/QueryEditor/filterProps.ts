import { type TimeRange } from '@grafana/data';

import { type WindmillApi } from '../../datasourceApi';
import { type FilterKey, type Filters, type SavedFilters } from '../../types';

/** What the filters of a query, variable or annotation are edited with. */
export interface FilterProps {
  /** Filters that can be added. */
  filters: FilterKey[];
  datasource: WindmillApi;
  query: { filters?: SavedFilters };
  range: TimeRange | undefined;
  onChange: (filters: Filters) => void;
}
