import { type DataFrame, DataTopic, LoadingState, type PanelData, type QueryResultMetaNotice } from '@grafana/data';
import { Alert, EmptyState, LoadingBar, Stack } from '@grafana/ui';
import { uniqBy } from 'lodash';
import React from 'react';

import { hasPanel } from '../plugins/load';
import { isIncomplete } from '../query/progress';
import { isHeatmap } from '../viz/heatmap';
import { useWidth } from '../shell/useWidth';
import { ResultPanel, type ResultKind } from './ResultPanel';

interface Props {
  data: PanelData;
  onChangeRange: (from: number, to: number) => void;
}

interface Group {
  id: string;
  kind: ResultKind;
  pluginId?: string;
  frames: DataFrame[];
}

/** Errors, notices, and each frame where Grafana's Explore would draw it. */
export function Results({ data, onChangeRange }: Props) {
  const { ref, width } = useWidth();
  const groups = groupFrames([...data.series, ...(data.annotations ?? [])]);
  const empty = data.state === LoadingState.Done && data.series.every((frame) => frame.length === 0);
  const loading = isIncomplete(data);
  return (
    <section aria-label="Results" aria-busy={loading} ref={ref}>
      <div style={{ height: 2 }}>{loading && <LoadingBar width={width} />}</div>
      <Stack direction="column" gap={2}>
        <Messages data={data} />
        {empty && <EmptyState variant="not-found" message="No data in this time range" />}
        {width > 0 &&
          groups
            .filter(({ frames }) => frames.some((frame) => frame.length > 0))
            .map((group) => (
              <ResultPanel key={group.id} {...group} data={data} width={width} onChangeRange={onChangeRange} />
            ))}
      </Stack>
    </section>
  );
}

function Messages({ data }: { data: PanelData }) {
  const notices = uniqBy(
    data.series.flatMap((frame) => frame.meta?.notices ?? []),
    (notice) => `${notice.severity} ${notice.text}`
  );
  return (
    <>
      {data.errors?.map((error, index) => (
        <Alert
          key={`error-${index}`}
          severity="error"
          title={error.refId ? `Query ${error.refId} failed` : 'The query failed'}
        >
          {error.data?.message ?? error.message}
        </Alert>
      ))}
      {notices.map((notice) => (
        <Notice key={notice.text} notice={notice} />
      ))}
    </>
  );
}

function Notice({ notice }: { notice: QueryResultMetaNotice }) {
  return (
    <Alert severity={notice.severity} title={notice.text} topSpacing={0} bottomSpacing={0}>
      {notice.link && (
        <a href={notice.link} target="_blank" rel="noopener noreferrer">
          More about this
        </a>
      )}
    </Alert>
  );
}

/**
 * A frame goes to the panel that it names when that was built with the plugin, all frames for one panel together.
 * Else it goes by its preferred type: graphs share one box, tables get one each.
 */
function groupFrames(frames: DataFrame[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, frame] of frames.entries()) {
    const group = groupOf(frame, index);
    const known = groups.get(group.id);
    if (known) {
      known.frames.push(frame);
    } else {
      groups.set(group.id, group);
    }
  }
  return [...groups.values()];
}

function groupOf(frame: DataFrame, index: number): Group {
  if (frame.meta?.dataTopic === DataTopic.Annotations) {
    return { id: `table ${index}`, kind: 'table', frames: [frame] };
  }
  const { preferredVisualisationPluginId: pluginId, preferredVisualisationType: type } = frame.meta ?? {};
  if (hasPanel(pluginId)) {
    return { id: `panel ${pluginId}`, kind: 'panel', pluginId, frames: [frame] };
  }
  if (isHeatmap(frame)) {
    return { id: 'heatmap', kind: 'heatmap', frames: [frame] };
  }
  if (type === 'nodeGraph') {
    return { id: 'nodeGraph', kind: 'nodeGraph', frames: [frame] };
  }
  if (type === 'trace' || type === 'logs') {
    return { id: `${type} ${index}`, kind: type, frames: [frame] };
  }
  if (type === 'graph' || (!type && isSeries(frame))) {
    return { id: 'graph', kind: 'graph', frames: [frame] };
  }
  return { id: `table ${index}`, kind: 'table', frames: [frame] };
}

function isSeries(frame: DataFrame): boolean {
  return ['time', 'number'].every((type) => frame.fields.some((field) => field.type === type));
}
