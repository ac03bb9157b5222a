import type { DataFrame, PanelData } from '@grafana/data';
import { Drawer, Stack, Tab, TabsBar, Text } from '@grafana/ui';
import React, { useState } from 'react';

import { Code } from './Code';

const TABS = ['Executed queries', 'Frames', 'Request'] as const;
type TabName = (typeof TABS)[number];

/** What was asked of the upstreams and what came back. */
export function Inspector({ data, onClose }: { data: PanelData; onClose: () => void }) {
  const [tab, setTab] = useState<TabName>('Executed queries');
  return (
    <Drawer
      title="Query inspector"
      subtitle={timing(data)}
      onClose={onClose}
      tabs={
        <TabsBar>
          {TABS.map((name) => (
            <Tab key={name} label={name} active={tab === name} onChangeTab={() => setTab(name)} />
          ))}
        </TabsBar>
      }
    >
      <Stack direction="column" gap={2}>
        {tab === 'Executed queries' && <ExecutedQueries frames={data.series} />}
        {tab === 'Frames' && <Frames frames={data.series} />}
        {tab === 'Request' && (
          <Code label="Queries as sent" text={JSON.stringify(data.request?.targets ?? [], null, 2)} />
        )}
      </Stack>
    </Drawer>
  );
}

function ExecutedQueries({ frames }: { frames: DataFrame[] }) {
  const byText = new Map<string, string>();
  for (const frame of frames) {
    const text = frame.meta?.executedQueryString;
    if (text && !byText.has(text)) {
      byText.set(text, `${frame.refId ?? ''} ${frame.name ?? ''}`.trim());
    }
  }
  if (byText.size === 0) {
    return <Text color="secondary">No frame says which queries were executed.</Text>;
  }
  return [...byText].map(([text, name]) => (
    <Stack key={text} direction="column" gap={1}>
      <Text element="h2" variant="h5">
        {name}
      </Text>
      <Code label={`Executed queries of ${name}`} text={text} />
    </Stack>
  ));
}

function Frames({ frames }: { frames: DataFrame[] }) {
  return frames.map((frame, index) => (
    <Stack key={index} direction="column" gap={1}>
      <Text element="h2" variant="h5">
        {`${frame.refId ?? ''} ${frame.name ?? 'frame'}: ${frame.length} rows`}
      </Text>
      <Code
        label={`Meta and fields of frame ${index + 1}`}
        text={JSON.stringify(
          {
            meta: frame.meta,
            fields: frame.fields.map(({ name, type, labels, config }) => ({ name, type, labels, config })),
          },
          withoutFunctions,
          2
        )}
      />
    </Stack>
  ));
}

function withoutFunctions(_key: string, value: unknown) {
  return typeof value === 'function' ? undefined : value;
}

function timing({ request }: PanelData): string {
  if (!request?.endTime) {
    return 'No answer yet';
  }
  return `Answered in ${((request.endTime - request.startTime) / 1000).toFixed(2)} s`;
}
