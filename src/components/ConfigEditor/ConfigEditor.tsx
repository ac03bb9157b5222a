import { type DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { DataSourceDescription } from '@grafana/plugin-ui';
import { Divider, Stack } from '@grafana/ui';
import React from 'react';

import { type WindmillOptions, type WindmillSecureOptions } from '../../types';
import { FlowSettings } from './FlowSettings';
import { LimitSettings } from './LimitSettings';
import { NetworkSettings } from './NetworkSettings';
import { ScrapeInterval } from './ScrapeInterval';
import { StatusBlock } from './StatusBlock';
import { StreamingFields } from './StreamingFields';
import { StreamSelector } from './StreamSelector';
import { UpstreamSection } from './UpstreamSection';

export type Props = DataSourcePluginOptionsEditorProps<WindmillOptions, WindmillSecureOptions>;

/** The data source's settings page. Save & test is Grafana's own and asks the backend. */
export function ConfigEditor({ options: settings, onOptionsChange: onChange }: Props) {
  const form = { settings, onChange };
  return (
    <Stack direction="column" gap={2}>
      <DataSourceDescription
        dataSourceName="Windmill Flow Steps"
        docsLink="https://github.com/flowsteps/windmill-datasource#readme"
        hasRequiredFields={false}
      />
      <Divider />
      <UpstreamSection
        {...form}
        upstream="tempo"
        title="Tempo"
        description="Where Windmill's traces are. Runs and their steps are read from here."
        placeholder="http://tempo:3200"
      >
        <StreamingFields {...form} />
      </UpstreamSection>
      <Divider />
      <UpstreamSection
        {...form}
        upstream="prometheus"
        title="Prometheus"
        description="Where the span metrics are. The baselines of steps are read from here; any server with Prometheus's query API will do."
        placeholder="http://prometheus:9090"
      >
        <ScrapeInterval {...form} />
      </UpstreamSection>
      <Divider />
      <UpstreamSection
        {...form}
        upstream="loki"
        title="Loki"
        description="Where the logs of Windmill's workers are. Log lines, and the steps of a run that are at work, are read from here. Optional."
        placeholder="http://loki:3100"
      >
        <StreamSelector {...form} />
      </UpstreamSection>
      <Divider />
      <FlowSettings {...form} />
      <Divider />
      <LimitSettings {...form} />
      <Divider />
      <NetworkSettings {...form} />
      <Divider />
      <StatusBlock settings={settings} />
    </Stack>
  );
}
