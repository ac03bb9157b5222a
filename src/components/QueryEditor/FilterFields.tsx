import { EditorRow } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React, { useState } from 'react';

import { conditionList, filtersOf, type KeyedCondition } from '../../query/filters';
import { type Condition, type FilterKey } from '../../types';
import { AddFilter } from './AddFilter';
import { FilterChip } from './FilterChip';
import { type FilterProps } from './filterProps';

/** The filters that are set, each with its operator and values, and a button to add one. */
export function FilterFields({ filters, query, onChange, ...common }: FilterProps) {
  // Filters that were added and have no value yet are not in the query. Their operator may be chosen already.
  const [drafts, setDrafts] = useState<KeyedCondition[]>([]);
  const [latest, setLatest] = useState<FilterKey>();
  const set = conditionList(query.filters);
  const open = drafts.filter(({ key }) => !set.some((item) => item.key === key));
  const shown = [...set, ...open];

  const change = (index: number, condition: Condition) => {
    const { key } = shown[index];
    const next = shown.map((item, position) => (position === index ? { key, condition } : item));
    setDrafts(next.filter((item) => item.condition.values.length === 0));
    const valued = next.filter((item) => item.condition.values.length > 0);
    if (condition.values.length > 0 || index < set.length) {
      onChange(filtersOf(valued));
    }
  };
  const remove = (index: number) => {
    setDrafts(open.filter((item) => item !== shown[index]));
    if (index < set.length) {
      onChange(filtersOf(set.filter((_item, position) => position !== index)));
    }
  };
  const add = (key: FilterKey) => {
    setLatest(key);
    setDrafts([...open, { key, condition: { op: '=', values: [] } }]);
  };

  return (
    <EditorRow>
      <Stack direction="row" wrap="wrap" gap={1} alignItems="center">
        {shown.map(({ key, condition }, index) => (
          <FilterChip
            key={chipKey(shown, index)}
            filter={key}
            condition={condition}
            // Not on the first look at an editor: only what was just added takes the focus.
            autoFocus={latest === key}
            query={query}
            onChange={(next) => change(index, next)}
            onRemove={() => remove(index)}
            {...common}
          />
        ))}
        <AddFilter filters={filters.filter((key) => !shown.some((item) => item.key === key))} onAdd={add} />
      </Stack>
    </EditorRow>
  );
}

/** The filter's own name, numbered where it has several conditions. */
function chipKey(shown: KeyedCondition[], index: number): string {
  const { key } = shown[index];
  return `${key}-${shown.slice(0, index).filter((item) => item.key === key).length}`;
}
