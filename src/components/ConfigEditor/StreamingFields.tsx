import { Field, Input } from '@grafana/ui';
import React, { useId } from 'react';

import { urlError } from '../../query/validation';
import { type StreamingOptions } from '../../types';
import { withOptions } from './settings';
import { SubSection } from './SubSection';
import { SwitchField } from './SwitchField';
import { type FormProps } from './form';

/** Whether Tempo streams its searches, and where. */
export function StreamingFields({ settings, onChange }: FormProps) {
  const id = useId();
  const tempo = settings.jsonData.tempo ?? {};
  const streaming: StreamingOptions =
    typeof tempo.streaming === 'object' ? tempo.streaming : { enabled: Boolean(tempo.streaming) };
  const update = (changes: StreamingOptions) =>
    onChange(withOptions(settings, { tempo: { ...tempo, streaming: { ...streaming, ...changes } } }));
  const wrongUrl = urlError(streaming.grpcUrl ?? '');

  return (
    <SubSection
      title="Streaming"
      description="What a search has found is shown while Tempo still searches. Where Tempo cannot be asked over gRPC, it is asked over HTTP."
    >
      <SwitchField
        label="Stream Tempo's searches"
        description="Needs Tempo's stream_over_http_enabled, or its gRPC port below, and Grafana Live."
        value={streaming.enabled}
        onChange={(enabled) => update({ enabled })}
      />
      {streaming.enabled && (
        <Field
          noMargin
          label="Tempo gRPC URL"
          description="Leave empty when Tempo serves gRPC on its HTTP port."
          invalid={Boolean(wrongUrl)}
          error={wrongUrl}
        >
          <Input
            id={`${id}-grpc-url`}
            width={60}
            placeholder="http://tempo:9095"
            value={streaming.grpcUrl ?? ''}
            onChange={(event) => update({ grpcUrl: event.currentTarget.value.trim() || undefined })}
          />
        </Field>
      )}
    </SubSection>
  );
}
