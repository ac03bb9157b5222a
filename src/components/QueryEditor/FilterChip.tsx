import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, type ComboboxOption, FieldValidationMessage, MultiCombobox, useStyles2 } from '@grafana/ui';
import React, { useEffect, useId } from 'react';

import { isNothing, isPattern } from '../../query/conditions';
import { FILTERS, operatorsOf } from '../../query/filters';
import { jobIdError, patternError } from '../../query/validation';
import { type Condition, type FilterKey, type FilterOperator, OUTCOME_FILTER_VALUES } from '../../types';
import { SteadyCombobox } from '../SteadyCombobox';
import { type FilterProps } from './filterProps';
import { useFilterOptions } from './useFilterOptions';

interface Props extends Omit<FilterProps, 'filters' | 'onChange'> {
  filter: FilterKey;
  condition: Condition;
  autoFocus: boolean;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

/** Milliseconds. */
const MENU_CLOSES_WITHIN = 100;

const ID_FILTERS: FilterKey[] = ['jobId', 'rootJob', 'parentJob'];
const OUTCOME_OPTIONS: ComboboxOption[] = OUTCOME_FILTER_VALUES.map((value) => ({ value }));

const MEANINGS: Record<FilterOperator, string> = {
  '=': 'One of these values',
  '!=': 'None of these values',
  '=~': 'One of these regular expressions matches the whole value',
  '!~': 'None of these regular expressions matches the whole value',
};

/** One condition: the tag, how it is compared, and values completed from what Tempo has seen; others can be typed. */
export function FilterChip(props: Props) {
  const { filter, condition, autoFocus, datasource, query, range, onChange, onRemove } = props;
  const id = useId();
  const styles = useStyles2(getStyles);
  useEffect(() => {
    // The menu that added the filter gives the focus back to its button when it closes, so this comes after.
    const timer = autoFocus ? setTimeout(() => openMenu(id), MENU_CLOSES_WITHIN) : undefined;
    return () => clearTimeout(timer);
  }, [autoFocus, id]);
  const { options, error: loadError } = useFilterOptions(filter, datasource, query, range);
  const { label, tooltip } = FILTERS[filter];
  const error = valueError(filter, condition) ?? loadError;
  const placeholder = isNothing(condition) && query.filters?.[filter] !== undefined ? 'Nothing' : 'Choose values';

  return (
    <div role="group" aria-label={`Filter ${label}`}>
      <div className={styles.chip}>
        <label htmlFor={id} title={tooltip} className={styles.label}>
          {label}
        </label>
        <SteadyCombobox<FilterOperator>
          aria-label={`${label} operator`}
          width={8}
          options={operatorOptions(filter, condition.op)}
          value={condition.op}
          onChange={(op) => onChange({ ...condition, op })}
        />
        <MultiCombobox
          id={id}
          options={filter === 'outcome' ? OUTCOME_OPTIONS : options}
          value={condition.values}
          placeholder={placeholder}
          createCustomValue
          width="auto"
          minWidth={16}
          maxWidth={50}
          invalid={Boolean(error)}
          onChange={(chosen) => onChange({ ...condition, values: chosen.map(({ value }) => value) })}
        />
        <Button
          variant="secondary"
          fill="text"
          icon="times"
          aria-label={`Remove filter ${label}`}
          tooltip={`Remove filter ${label}`}
          onClick={onRemove}
        />
      </div>
      {error && <FieldValidationMessage>{error}</FieldValidationMessage>}
    </div>
  );
}

/** Opens the values of a field, unless the user is there already. */
function openMenu(id: string) {
  const field = document.getElementById(id);
  if (field && document.activeElement !== field) {
    field.focus();
    field.click();
  }
}

function valueError(filter: FilterKey, { op, values }: Condition): string | undefined {
  if (isPattern(op)) {
    return values.map(patternError).find(Boolean);
  }
  return ID_FILTERS.includes(filter) ? values.map(jobIdError).find(Boolean) : undefined;
}

/** Those of the filter, and the one that the query has, whatever it is. */
function operatorOptions(filter: FilterKey, chosen: FilterOperator): Array<ComboboxOption<FilterOperator>> {
  const offered = operatorsOf(filter);
  const all = offered.includes(chosen) ? offered : [...offered, chosen];
  return all.map((value) => ({ value, label: value, description: MEANINGS[value] }));
}

const getStyles = (theme: GrafanaTheme2) => ({
  chip: css({
    display: 'flex',
    alignItems: 'center',
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    maxWidth: '100%',
  }),
  label: css({
    padding: theme.spacing(0, 1),
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    whiteSpace: 'nowrap',
  }),
});
