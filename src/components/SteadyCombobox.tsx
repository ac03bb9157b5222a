import { Combobox } from '@grafana/ui';
import React, { type ComponentProps, useLayoutEffect, useRef } from 'react';

interface Props<T extends string | number> {
  id?: string;
  'aria-label'?: string;
  options: ComponentProps<typeof Combobox<T>>['options'];
  value: T | null;
  placeholder?: string;
  width?: number;
  onChange: (value: T) => void;
}

/**
 * A list to choose one value from. Grafana 12.4's Combobox says again what was chosen whenever the chosen option is
 * another object than before, and says it to the first onChange that it got. So options that are made while rendering
 * never come to rest, and Explore ends in an error.
 */
export function SteadyCombobox<T extends string | number>({ value, onChange, ...props }: Props<T>) {
  const latest = useRef({ value, onChange });
  useLayoutEffect(() => {
    latest.current = { value, onChange };
  });
  return (
    <Combobox<T>
      {...props}
      value={value}
      onChange={(option) => {
        if (option.value !== latest.current.value) {
          latest.current.onChange(option.value);
        }
      }}
    />
  );
}
