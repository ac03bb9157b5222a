import { Alert, Stack, Text } from '@grafana/ui';
import React from 'react';

import { Code } from '../explore/Code';

export interface Health {
  ok: boolean;
  message: string;
  /** The plugin's JSON details. Grafana shows verboseMessage of them. */
  details?: unknown;
}

/** The answer of the health check, with everything that the plugin gave as details. */
export function HealthResult({ health }: { health: Health }) {
  const { verboseMessage, ...others } = Object(health.details) as Record<string, unknown>;
  return (
    <Stack direction="column" gap={1}>
      <Alert severity={health.ok ? 'success' : 'error'} title={health.message} bottomSpacing={0}>
        {typeof verboseMessage === 'string' && <span style={{ whiteSpace: 'pre-wrap' }}>{verboseMessage}</span>}
      </Alert>
      {Object.keys(others).length > 0 && (
        <>
          <Text element="h2" variant="h6">
            Details of the health check
          </Text>
          <Code label="Details of the health check" text={JSON.stringify(others, null, 2)} />
        </>
      )}
    </Stack>
  );
}
