import { ConfigSection } from '@grafana/plugin-ui';
import { Field, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';

import { durationError, urlError } from '../../query/validation';
import { DEFAULT_BASELINE_WINDOW } from '../../types';
import { withOptions } from './settings';
import { type FormProps } from './form';

export function FlowSettings({ settings, onChange }: FormProps) {
  const id = useId();
  const { windmillUrl = '', baselineWindow = '' } = settings.jsonData;
  const wrongUrl = urlError(windmillUrl);
  const wrongWindow = durationError(baselineWindow);

  return (
    <ConfigSection title="Windmill">
      <Stack direction="column" gap={2}>
        <Field
          noMargin
          label="Windmill URL"
          description="As your browser reaches it. Steps link to their job's page there; without it, there are no such links."
          invalid={Boolean(wrongUrl)}
          error={wrongUrl}
        >
          <Input
            id={`${id}-url`}
            width={60}
            placeholder="https://windmill.example.com"
            value={windmillUrl}
            onChange={(event) => onChange(withOptions(settings, { windmillUrl: event.currentTarget.value.trim() }))}
          />
        </Field>
        <Field
          noMargin
          label="Baseline window"
          description="A step's baseline, what it takes as a rule, is measured over this long before the run. A query can ask for another."
          invalid={Boolean(wrongWindow)}
          error={wrongWindow}
        >
          <Input
            id={`${id}-window`}
            width={30}
            placeholder={DEFAULT_BASELINE_WINDOW}
            value={baselineWindow}
            onChange={(event) => onChange(withOptions(settings, { baselineWindow: event.currentTarget.value.trim() }))}
          />
        </Field>
      </Stack>
    </ConfigSection>
  );
}
