import React, { useId } from 'react';

import { type Choice } from '../../query/choices';
import { SteadyCombobox } from '../SteadyCombobox';
import { OptionField } from './OptionField';

interface Props<T extends string> {
  label: string;
  tooltip: string;
  /** The first is what an empty value means. */
  choices: Array<Choice<T>>;
  value: T | undefined;
  /** Called with undefined for the first choice, so that a saved query follows the default. */
  onChange: (value: T | undefined) => void;
}

/** One of a few values, each with what it means. */
export function ChoiceOption<T extends string>({ label, tooltip, choices, value, onChange }: Props<T>) {
  const id = useId();
  const first = choices[0].value;
  // A value from elsewhere, such as a variable, is shown as it is written.
  const options = choices.some((choice) => choice.value === (value ?? first))
    ? choices
    : [...choices, { value: value ?? first, label: value, description: '' }];
  return (
    <OptionField id={id} label={label} tooltip={tooltip}>
      <SteadyCombobox<T>
        id={id}
        options={options}
        value={value ?? first}
        width={24}
        onChange={(chosen) => onChange(chosen === first ? undefined : chosen)}
      />
    </OptionField>
  );
}
