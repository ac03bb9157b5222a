import { type TimeRange } from '@grafana/data';
import { type ComboboxOption } from '@grafana/ui';
import { useState } from 'react';

import { type WindmillApi } from '../../datasourceApi';
import { type FilterKey, type SavedFilters, type TagValues } from '../../types';
import { errorText } from './errorText';

interface FilterOptions {
  /** For Combobox: called when its menu opens and as the user types. */
  options: (search: string) => Promise<ComboboxOption[]>;
  /** Why the last look-up failed. Typing a value still works then. */
  error: string | undefined;
}

/** Options of one filter: the dashboard's variables, then the values that go with the query's other filters. */
export function useFilterOptions(
  filter: FilterKey,
  datasource: WindmillApi,
  query: { filters?: SavedFilters },
  range: TimeRange | undefined
): FilterOptions {
  const [error, setError] = useState<string>();

  const options = async (search: string) => {
    const variables = matching(datasource.variableNames(), search).map((value) => ({ value }));
    try {
      const answer = await datasource.filterValues(filter, query, range);
      setError(undefined);
      return [...variables, ...toOptions(answer, search)];
    } catch (cause) {
      setError(`No values to choose from: ${errorText(cause)}`);
      return variables;
    }
  };
  return { options, error };
}

function toOptions({ values, truncated }: TagValues, search: string): ComboboxOption[] {
  const found: ComboboxOption[] = matching(values, search).map((value) => ({ value }));
  if (truncated) {
    found.push({ value: 'More values exist: type one in full', infoOption: true });
  }
  return found;
}

function matching(values: string[], search: string): string[] {
  const needle = search.toLowerCase();
  return values.filter((value) => value.toLowerCase().includes(needle));
}
