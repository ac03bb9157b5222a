import { Switch } from '@grafana/ui';
import React, { useId } from 'react';

import { OptionField } from './OptionField';

interface Props {
  value: boolean | undefined;
  onChange: (follow: boolean | undefined) => void;
}

/** Whether results are updated while runs go on. */
export function FollowField({ value, onChange }: Props) {
  const id = useId();
  return (
    <OptionField
      id={id}
      label="Follow"
      tooltip="Update the results while the run goes on, or as new runs come in. Needs Grafana Live."
    >
      <Switch id={id} value={Boolean(value)} onChange={(event) => onChange(event.currentTarget.checked || undefined)} />
    </OptionField>
  );
}
