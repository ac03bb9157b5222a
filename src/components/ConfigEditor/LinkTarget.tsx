import { DataSourcePicker } from '@grafana/runtime';
import { Field } from '@grafana/ui';
import React, { useId } from 'react';

import { withUpstream } from './settings';
import { type UpstreamProps } from './form';

/** The user's own data source that links lead to; without one there are no such links. */
export function LinkTarget({ upstream, title, settings, onChange }: UpstreamProps) {
  const id = useId();
  const choose = (datasourceUid: string | undefined) => onChange(withUpstream(settings, upstream, { datasourceUid }));
  return (
    <Field
      noMargin
      htmlFor={id}
      label={`${title} data source for links`}
      description={`Your own ${title} data source in this Grafana. Without one, no links to ${title} are shown.`}
    >
      <DataSourcePicker
        inputId={id}
        type={upstream}
        current={settings.jsonData[upstream]?.datasourceUid || null}
        noDefault
        width={60}
        placeholder={`Choose a ${title} data source`}
        onChange={(datasource) => choose(datasource.uid)}
        onClear={() => choose(undefined)}
      />
    </Field>
  );
}
