import { Input } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { OptionField } from './OptionField';

interface Props {
  label: string;
  tooltip: string;
  value: string;
  placeholder?: string;
  /** In units of Grafana's grid (8 px). */
  width?: number;
  /** What is wrong with a text, or undefined. A text with an error is shown as such and never leaves the field. */
  validate: (text: string) => string | undefined;
  /** Called on blur and Enter, when the text changed and is valid. */
  onCommit: (text: string) => void;
}

/** A text field that hands its text on when the user is done with it, not at every key. */
export function TextOption({ label, tooltip, value, placeholder, width = 16, validate, onCommit }: Props) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const [lastValue, setLastValue] = useState(value);
  if (value !== lastValue) {
    // The query was changed from elsewhere: an example, undo, another panel.
    setLastValue(value);
    setDraft(value);
  }

  const error = validate(draft);
  const commit = () => {
    const text = draft.trim();
    if (!error && text !== value) {
      onCommit(text);
    }
  };

  return (
    <OptionField label={label} tooltip={tooltip} id={id} error={error}>
      <Input
        id={id}
        value={draft}
        placeholder={placeholder}
        width={width}
        autoComplete="off"
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            commit();
          }
        }}
      />
    </OptionField>
  );
}
