import React from 'react';

import { jobIdError } from '../../query/validation';
import { TextOption } from './TextOption';

interface Props {
  value: string;
  onChange: (runId: string) => void;
}

export function RunIdField({ value, onChange }: Props) {
  return (
    <TextOption
      label="Run id"
      tooltip="Job id of the run, as in the address of its Windmill page. It is found whatever the time range. With one, the filters narrow its steps. Without one, the latest finished run in the time range that matches the filters is shown."
      value={value}
      placeholder="Latest run that matches"
      width={44}
      validate={jobIdError}
      onCommit={onChange}
    />
  );
}
