import { type ComboboxOption, MultiCombobox } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { parseQuantile, quantileLabel } from '../../query/validation';
import { DEFAULT_QUANTILES } from '../../types';
import { OptionField } from './OptionField';

interface Props {
  value: number[] | undefined;
  onChange: (quantiles: number[] | undefined) => void;
}

const COMMON = [0.5, 0.75, 0.9, 0.95, 0.99];

function toOption(quantile: number): ComboboxOption {
  return { value: String(quantile), label: quantileLabel(quantile) };
}

/** Which quantiles of the latency to draw; any other one can be typed, as 0.999 or p99.9. */
export function QuantilesField({ value = [], onChange }: Props) {
  const id = useId();
  const [wrong, setWrong] = useState<string>();

  const choose = (chosen: ComboboxOption[]) => {
    const rejected = chosen.find((option) => parseQuantile(option.value) === undefined);
    setWrong(rejected?.value);
    const quantiles = chosen.map((option) => parseQuantile(option.value)).filter((quantile) => quantile !== undefined);
    const unique = [...new Set(quantiles)].sort((a, b) => a - b);
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
