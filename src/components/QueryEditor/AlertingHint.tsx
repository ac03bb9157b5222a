import { Alert } from '@grafana/ui';
import React from 'react';

import { type QueryTypeInfo } from '../../query/queryTypes';

/** What an alert rule can be made of. */
export function AlertingHint({ info }: { info: QueryTypeInfo | undefined }) {
  if (info && !info.alertable) {
    return (
      <Alert severity="warning" title={`Alert rules cannot use "${info.label}"`}>
        It answers with a table of facts, and an alert rule needs numbers over time. Choose Step latency.
      </Alert>
    );
  }
  return (
    <Alert severity="info" title="One alert per step and quantile">
      Each step of each flow becomes an alert of its own, in seconds. Reduce it to one number (for example its last or
      its mean) and compare that with a threshold. Filter by flow and step to watch only some.
    </Alert>
  );
}
