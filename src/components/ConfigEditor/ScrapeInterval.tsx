import { Field, Input } from '@grafana/ui';
import React, { useId } from 'react';

import { scrapeIntervalError } from './scrapeIntervalError';
import { withPrometheus } from './settings';
import { type FormProps } from './form';

/** How far apart the samples of the span metrics are. */
export function ScrapeInterval({ settings, onChange }: FormProps) {
  const id = useId();
  const { timeInterval = '' } = settings.jsonData.prometheus ?? {};
  const wrong = scrapeIntervalError(timeInterval);
  return (
    <Field
      noMargin
      label="Prometheus scrape interval"
      description="How far apart the samples of the span metrics are: the collection_interval of Tempo's metrics generator. Without one it is measured."
      invalid={Boolean(wrong)}
      error={wrong}
    >
      <Input
        id={`${id}-interval`}
        width={30}
        placeholder="measured"
        value={timeInterval}
        onChange={(event) => onChange(withPrometheus(settings, { timeInterval: event.currentTarget.value.trim() }))}
      />
    </Field>
  );
}
