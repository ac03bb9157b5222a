import { Button, Dropdown, Menu } from '@grafana/ui';
import React from 'react';

import { FILTERS } from '../../query/filters';
import { type FilterKey } from '../../types';

interface Props {
  /** Those that are not set yet. */
  filters: FilterKey[];
  onAdd: (filter: FilterKey) => void;
}

/** A menu of the filters that can be added. */
export function AddFilter({ filters, onAdd }: Props) {
  if (filters.length === 0) {
    return null;
  }
  const menu = (
    <Menu ariaLabel="Filters to add">
      {filters.map((key) => (
        <Menu.Item key={key} label={FILTERS[key].label} description={FILTERS[key].tooltip} onClick={() => onAdd(key)} />
      ))}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-start">
      <Button variant="secondary" icon="plus" size="md">
        Filter
      </Button>
    </Dropdown>
  );
}
