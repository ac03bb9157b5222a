import React, { useId } from 'react';

import { QUERY_TYPES } from '../../query/queryTypes';
import { type QueryType } from '../../types';
import { SteadyCombobox } from '../SteadyCombobox';
import { OptionField } from './OptionField';

interface Props {
  value: QueryType | undefined;
  /** Offer only types that alert rules can use; the chosen one stays in the list whatever it is. */
  alertableOnly: boolean;
  onChange: (type: QueryType) => void;
}

export function QueryTypeField({ value, alertableOnly, onChange }: Props) {
  const id = useId();
  const offered = QUERY_TYPES.filter((type) => !alertableOnly || type.alertable || type.value === value);
  return (
    <OptionField id={id} label="Query type" tooltip="What the rows or series of the answer are">
      <SteadyCombobox<QueryType>
        id={id}
        options={offered.map((type) => ({ value: type.value, label: type.label, description: type.description }))}
        value={value ?? null}
        placeholder="Choose what to ask for"
        onChange={onChange}
        width={30}
      />
    </OptionField>
  );
}
