import { Alert } from '@grafana/ui';
import React from 'react';

import { alertableLabels, type QueryTypeInfo } from '../../query/queryTypes';
import { type QueryType } from '../../types';

interface Hint {
  title: string;
  text: string;
}

const REDUCE = 'Reduce it to one number (for example its last or its mean) and compare that with a threshold.';
const HINTS: Partial<Record<QueryType, Hint>> = {
  'step-latency': {
    title: 'One alert per step and quantile',
    text: `Each step of each flow becomes an alert of its own, in seconds. ${REDUCE} Filter by flow and step to watch only some.`,
  },
  'step-contribution': {
    title: 'One alert per step',
    text: `Each step of each flow becomes an alert of its own: the time spent in it per second, or its share. ${REDUCE}`,
  },
  'step-regressions': {
    title: 'One alert per step that became slower',
    text: 'Each step is one number already, by default how much its p95 grew: 0.5 is +50 %. Compare it with a threshold; there is nothing to reduce.',
  },
};

/** What an alert rule can be made of. */
export function AlertingHint({ info }: { info: QueryTypeInfo | undefined }) {
  if (info && !info.alertable) {
    return (
      <Alert severity="warning" title={`Alert rules cannot use "${info.label}"`}>
        It answers with a table of facts, and an alert rule needs numbers. Choose {alertableLabels()}.
      </Alert>
    );
  }
  const hint = HINTS[info?.value ?? 'step-latency'];
  return hint ? (
    <Alert severity="info" title={hint.title}>
      {hint.text}
    </Alert>
  ) : null;
}
