import { type DataSourceInstanceSettings } from '@grafana/data';
import { Alert, LinkButton, Stack, Text } from '@grafana/ui';
import React from 'react';

import { Page } from '../shell/Page';
import { Code } from './Code';
import type { ExploreState } from './state';

/** Where a link to Tempo, Prometheus or Loki leads: the query that Grafana's Explore would run there. */
export function ForeignLink({ settings, state }: { settings: DataSourceInstanceSettings; state: ExploreState }) {
  return (
    <Page title={`Link to ${settings.name}`}>
      <Alert severity="info" title={`In Grafana this link opens Explore on ${settings.name}`}>
        {`The workbench does not run ${settings.name} (type ${settings.type}, uid ${settings.uid}). This is what the link asks for.`}
      </Alert>
      <Stack direction="column" gap={2}>
        <Text element="h2" variant="h5">
          Query
        </Text>
        <Code label="Query of the link" text={JSON.stringify(state.queries, null, 2)} />
        <Text element="h2" variant="h5">
          Time range
        </Text>
        <Text>{`${describe(state.range.from)} to ${describe(state.range.to)}`}</Text>
      </Stack>
      <div>
        <LinkButton href="/explore" variant="secondary" icon="compass">
          Explore this plugin
        </LinkButton>
      </div>
    </Page>
  );
}

function describe(time: string): string {
  return /^\d+$/.test(time) ? new Date(Number(time)).toISOString() : time;
}
