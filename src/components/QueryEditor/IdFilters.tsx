import { Collapse } from '@grafana/ui';
import React, { useState } from 'react';

import { normaliseFilters } from '../../query/filters';
import { FilterFields, type FilterFieldsProps } from './FilterFields';

/** Filters by job id: out of the way, unless one is set. */
export function IdFilters(props: FilterFieldsProps) {
  const set = normaliseFilters(props.query.filters);
  const count = props.filters.filter((key) => set[key]).length;
  const [isOpen, setIsOpen] = useState(count > 0);
  return (
    <Collapse label={count > 0 ? `Ids (${count} set)` : 'Ids'} isOpen={isOpen} onToggle={setIsOpen}>
      <FilterFields {...props} />
    </Collapse>
  );
}
