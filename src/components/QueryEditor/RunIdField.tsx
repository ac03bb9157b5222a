import React from 'react';

import { jobIdError } from '../../query/validation';
import { TextOption } from './TextOption';

interface Props {
  label: string;
  tooltip: string;
  /** What an empty field means. */
  placeholder: string;
  value: string;
  onChange: (runId: string) => void;
}

/** Id of a run, or of any job in it. */
export function RunIdField({ label, tooltip, placeholder, value, onChange }: Props) {
  return (
    <TextOption
      label={label}
      tooltip={tooltip}
      value={value}
      placeholder={placeholder}
      width={44}
      validate={jobIdError}
      onCommit={onChange}
    />
  );
}
