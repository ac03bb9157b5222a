import { Combobox, InlineField, Input, MultiCombobox, Stack } from '@grafana/ui';
import React from 'react';

import { type DashboardVariable } from './variables';

interface Props {
  variables: DashboardVariable[];
  onChange: (name: string, value: string | string[]) => void;
}

/** The dashboard's variables, as in Grafana's bar above the panels. */
export function VariableBar({ variables, onChange }: Props) {
  const shown = variables.filter(({ hidden }) => !hidden);
  if (shown.length === 0) {
    return null;
  }
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      {shown.map((variable) => (
        <InlineField
          key={variable.name}
          label={variable.label}
          htmlFor={`var-${variable.name}`}
          error={variable.error}
          invalid={Boolean(variable.error)}
        >
          <Control variable={variable} onChange={(value) => onChange(variable.name, value)} />
        </InlineField>
      ))}
    </Stack>
  );
}

function Control({
  variable,
  onChange,
}: {
  variable: DashboardVariable;
  onChange: (value: string | string[]) => void;
}) {
  const id = `var-${variable.name}`;
  const options = variable.options.map(({ value, text }) => ({ value, label: text }));
  if (variable.free) {
    return (
      <Input
        key={String(variable.value)}
        id={id}
        defaultValue={variable.value}
        onBlur={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (variable.multi) {
    return (
      <MultiCombobox
        id={id}
        width="auto"
        minWidth={20}
        maxWidth={60}
        createCustomValue
        options={options}
        value={[variable.value].flat()}
        onChange={(chosen) => onChange(chosen.map(({ value }) => value))}
      />
    );
  }
  return (
    <Combobox
      id={id}
      width="auto"
      minWidth={20}
      maxWidth={60}
      createCustomValue
      options={options}
      value={String(variable.value)}
      onChange={({ value }) => onChange(value)}
    />
  );
}
