import { type TimeRange } from '@grafana/data';
import { EditorRow } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React from 'react';

import { type WindmillDataSource } from '../../datasource';
import { type FilterKey, type WindmillQuery } from '../../types';
import { FilterField } from './FilterField';

export interface FilterFieldsProps {
  filters: FilterKey[];
  datasource: WindmillDataSource;
  query: Pick<WindmillQuery, 'filters'>;
  range: TimeRange | undefined;
  onChange: (filter: FilterKey, values: string[]) => void;
}

export function FilterFields({ filters, ...common }: FilterFieldsProps) {
  return (
    <EditorRow>
      <Stack direction="row" wrap="wrap" gap={2}>
        {filters.map((filter) => (
          <FilterField key={filter} filter={filter} {...common} />
        ))}
      </Stack>
    </EditorRow>
  );
}
