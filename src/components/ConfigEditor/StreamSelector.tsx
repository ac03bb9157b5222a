import { Field, Input } from '@grafana/ui';
import React, { useId } from 'react';

import { withLoki } from './settings';
import { streamSelectorError } from './streamSelectorError';
import { type FormProps } from './form';

/** Which streams of Loki hold Windmill's logs. */
export function StreamSelector({ settings, onChange }: FormProps) {
  const id = useId();
  const { streamSelector = '' } = settings.jsonData.loki ?? {};
  const wrong = streamSelectorError(streamSelector);
  return (
    <Field
      noMargin
      label="Loki stream selector"
      description="LogQL selector of the streams with Windmill's logs. Without one all streams are searched, which a large Loki takes long for."
      invalid={Boolean(wrong)}
      error={wrong}
    >
      <Input
        id={`${id}-selector`}
        width={60}
        placeholder={'{service_name="windmill-worker"}'}
        value={streamSelector}
        onChange={(event) => onChange(withLoki(settings, { streamSelector: event.currentTarget.value }))}
      />
    </Field>
  );
}
