import { Field, Switch } from '@grafana/ui';
import React, { useId } from 'react';

interface Props {
  label: string;
  description: string;
  value: boolean | undefined;
  onChange: (value: boolean) => void;
}

export function SwitchField({ label, description, value, onChange }: Props) {
  const id = useId();
  return (
    <Field noMargin label={label} description={description} htmlFor={id}>
      <Switch id={id} value={Boolean(value)} onChange={(event) => onChange(event.currentTarget.checked)} />
    </Field>
  );
}
