import { ConfigSection } from '@grafana/plugin-ui';
import { Field, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';

import { type LimitOptions } from '../../types';
import { LIMITS, type Limit, limitError } from './limits';
import { withOptions } from './settings';
import { type FormProps } from './form';

/** How much one query may take. Reaching a limit is a notice on the answer that names the setting. */
export function LimitSettings({ settings, onChange }: FormProps) {
  const limits = settings.jsonData.limits ?? {};
  const change = (key: keyof LimitOptions, text: string) => {
    const next: LimitOptions = { ...limits, [key]: Number(text) };
    if (text.trim() === '') {
      delete next[key];
    }
    onChange(withOptions(settings, { limits: next }));
  };
  return (
    <ConfigSection
      title="Limits"
      description="How much one query may take. When a limit is reached, what was read until then is shown, and a notice says what is missing."
      isCollapsible
      isInitiallyOpen={Object.keys(limits).length > 0}
    >
      <Stack direction="column" gap={2}>
        {LIMITS.map((limit) => (
          <LimitField
            key={limit.key}
            limit={limit}
            value={limits[limit.key]}
            onChange={(text) => change(limit.key, text)}
          />
        ))}
      </Stack>
    </ConfigSection>
  );
}

interface LimitFieldProps {
  limit: Limit;
  value?: number;
  onChange: (text: string) => void;
}

function LimitField({ limit, value, onChange }: LimitFieldProps) {
  const id = useId();
  const wrong = limitError(limit, value);
  return (
    <Field noMargin label={limit.label} description={limit.description} invalid={Boolean(wrong)} error={wrong}>
      <Input
        id={id}
        type="number"
        width={30}
        min={limit.min}
        max={limit.max}
        placeholder={String(limit.fallback)}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}
