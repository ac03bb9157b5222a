import { type ComboboxOption, MultiCombobox } from '@grafana/ui';
import React, { useId } from 'react';

import { FILTERS, normaliseFilters } from '../../query/filters';
import { jobIdError } from '../../query/validation';
import { type FilterKey, OUTCOMES } from '../../types';
import { type FilterFieldsProps } from './FilterFields';
import { OptionField } from './OptionField';
import { useFilterOptions } from './useFilterOptions';

interface Props extends Omit<FilterFieldsProps, 'filters'> {
  filter: FilterKey;
}

const ID_FILTERS: FilterKey[] = ['jobId', 'rootJob', 'parentJob'];
const OUTCOME_OPTIONS: ComboboxOption[] = OUTCOMES.map((value) => ({ value }));

/** "One of these values" for one tag, completed from what Tempo has seen; any other value can be typed. */
export function FilterField({ filter, datasource, query, range, onChange }: Props) {
  const id = useId();
  const { options, error: loadError } = useFilterOptions(filter, datasource, query, range);
  const values = normaliseFilters(query.filters)[filter] ?? [];
  const wrongId = ID_FILTERS.includes(filter) ? values.map(jobIdError).find(Boolean) : undefined;
  const error = wrongId ?? loadError;

  return (
    <OptionField id={id} label={FILTERS[filter].label} tooltip={FILTERS[filter].tooltip} error={error}>
      <MultiCombobox
        id={id}
        options={filter === 'outcome' ? OUTCOME_OPTIONS : options}
        value={values}
        placeholder="Any"
        createCustomValue
        isClearable
        width="auto"
        minWidth={22}
        maxWidth={50}
        onChange={(chosen) =>
          onChange(
            filter,
            chosen.map((option) => option.value)
          )
        }
      />
    </OptionField>
  );
}
