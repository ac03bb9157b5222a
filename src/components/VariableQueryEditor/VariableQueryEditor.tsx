import { type QueryEditorProps } from '@grafana/data';
import { EditorRow, EditorRows } from '@grafana/plugin-ui';
import React, { useId } from 'react';

import { type WindmillApi } from '../../datasourceApi';
import { limitError } from '../../query/validation';
import {
  DEFAULT_LIMIT,
  MAX_LIMIT,
  type VariableValues,
  type WindmillOptions,
  type WindmillQuery,
  type WindmillVariableQuery,
} from '../../types';
import { VARIABLE_VALUES, valuesOf, variableText, variableValuesInfo } from '../../variables/variableValues';
import { FilterFields } from '../QueryEditor/FilterFields';
import { OptionField } from '../QueryEditor/OptionField';
import { TextOption } from '../QueryEditor/TextOption';
import { numberOf } from '../QueryEditor/textOptions';
import { SteadyCombobox } from '../SteadyCombobox';

/** Grafana before 12.4 wants the line that describes the variable as a second argument. */
type Props = Omit<QueryEditorProps<WindmillApi, WindmillQuery, WindmillOptions, WindmillVariableQuery>, 'onChange'> & {
  onChange: (query: WindmillVariableQuery, definition?: string) => void;
};

/** What a dashboard variable lists, narrowed by filters in which other variables can be used. */
export function VariableQueryEditor({ datasource, query, onChange, range }: Props) {
  const id = useId();
  const info = variableValuesInfo(query);
  const edit = (changes: Partial<WindmillVariableQuery>) => {
    const next: WindmillVariableQuery = { ...query, refId: query.refId || 'variable', ...changes };
    onChange(next, variableText(next));
  };
  // A filter that no longer narrows anything is dropped with the values that it was for.
  const choose = (values: VariableValues) => {
    const kept = variableValuesInfo({ values })?.filters ?? [];
    const filters = Object.fromEntries(
      Object.entries(query.filters ?? {}).filter(([key]) => kept.some((k) => k === key))
    );
    edit({ values, filters });
  };
  return (
    <EditorRows>
      <EditorRow>
        <OptionField id={id} label="Values" tooltip="What the variable lists">
          <SteadyCombobox<VariableValues>
            id={id}
            options={VARIABLE_VALUES.map(({ value, label, description }) => ({ value, label, description }))}
            value={valuesOf(query)}
            width={30}
            onChange={choose}
          />
        </OptionField>
        {info?.value === 'run' && (
          <TextOption
            label="Limit"
            tooltip={`How many runs at most, the newest first; up to ${MAX_LIMIT}`}
            value={query.limit === undefined ? '' : String(query.limit)}
            placeholder={String(DEFAULT_LIMIT)}
            validate={limitError}
            onCommit={(limit) => edit({ limit: numberOf(limit) })}
          />
        )}
      </EditorRow>
      {info && info.filters.length > 0 && (
        <FilterFields
          filters={info.filters}
          datasource={datasource}
          query={query}
          range={range}
          onChange={(filters) => edit({ filters })}
        />
      )}
    </EditorRows>
  );
}
