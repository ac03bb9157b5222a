import { type ComboboxOption, MultiCombobox } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { hasVariable, parseQuantile, quantileLabel } from '../../query/validation';
import { DEFAULT_QUANTILES, type NumberOrText } from '../../types';
import { OptionField } from './OptionField';

interface Props {
  value: NumberOrText[] | undefined;
  onChange: (quantiles: NumberOrText[] | undefined) => void;
}

const COMMON = [0.5, 0.75, 0.9, 0.95, 0.99];

function toOption(quantile: NumberOrText): ComboboxOption {
  return { value: String(quantile), label: quantileLabel(quantile) };
}

/** A quantile, or a text with variables as it is; undefined for what is neither. */
function quantileOf(text: string): NumberOrText | undefined {
  return hasVariable(text) ? text.trim() : parseQuantile(text);
}

/** In order, then the variables. */
function numbersFirst(a: NumberOrText, b: NumberOrText): number {
  return Number(typeof a === 'string') - Number(typeof b === 'string') || Number(a) - Number(b) || 0;
}

/** Which quantiles of the latency to draw; any other one can be typed, as 0.999, p99.9 or a variable. */
export function QuantilesField({ value = [], onChange }: Props) {
  const id = useId();
  const [wrong, setWrong] = useState<string>();

  const choose = (chosen: ComboboxOption[]) => {
    const rejected = chosen.find((option) => quantileOf(option.value) === undefined);
    setWrong(rejected?.value);
    const quantiles = chosen.map((option) => quantileOf(option.value)).filter((quantile) => quantile !== undefined);
    const unique = [...new Set(quantiles)].sort(numbersFirst);
    onChange(unique.length > 0 ? unique : undefined);
  };

  return (
    <OptionField
      label="Quantiles"
      tooltip="p95: 95 of 100 executions are at most this slow"
      id={id}
      error={wrong === undefined ? undefined : `"${wrong}" is not a quantile: write 0.95 or p95.`}
    >
      <MultiCombobox
        id={id}
        options={COMMON.map(toOption)}
        value={value.map(toOption)}
        placeholder={DEFAULT_QUANTILES.map(quantileLabel).join(', ')}
        createCustomValue
        isClearable
        width="auto"
        minWidth={22}
        maxWidth={50}
        onChange={choose}
      />
    </OptionField>
  );
}
