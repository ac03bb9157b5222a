import { Switch } from '@grafana/ui';
import React, { useId } from 'react';

import { OptionField } from './OptionField';

interface Props {
  value: boolean | undefined;
  onChange: (follow: boolean | undefined) => void;
}

/** Whether the answer goes on while the run does. */
export function FollowOption({ value = false, onChange }: Props) {
  const id = useId();
  return (
    <OptionField
      id={id}
      label="Follow"
      tooltip="Go on while runs do: what is new appears by itself. Needs Grafana Live."
    >
      <Switch id={id} value={value} onChange={(event) => onChange(event.currentTarget.checked || undefined)} />
    </OptionField>
  );
}
