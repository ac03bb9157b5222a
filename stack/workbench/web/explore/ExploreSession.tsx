import { type DataSourceApi, rangeUtil } from '@grafana/data';
import { Button } from '@grafana/ui';
import React, { useState } from 'react';

import { isUnderWay } from '../query/progress';
import { RangePicker } from '../query/RangePicker';
import { parseRange } from '../query/timeRange';
import { Page } from '../shell/Page';
import { Inspector } from './Inspector';
import { QueryRows } from './QueryRows';
import { Results } from './Results';
import { useExplore } from './useExplore';

/** Queries, time range and results of one data source. */
export function ExploreSession({ datasource, search }: { datasource: DataSourceApi; search: string }) {
  const explore = useExplore(datasource, search);
  const [inspecting, setInspecting] = useState(false);
  const underWay = isUnderWay(explore.data);
  return (
    <Page
      title="Explore"
      subtitle={`${datasource.name}, ${rangeUtil.describeTimeRange(explore.range.raw)}`}
      actions={
        <>
          <RangePicker value={explore.range} onChange={explore.setRange} />
          <Button variant="secondary" icon="info-circle" onClick={() => setInspecting(true)}>
            Query inspector
          </Button>
          {underWay ? (
            <Button variant="destructive" fill="outline" icon="times" onClick={explore.cancel}>
              Cancel
            </Button>
          ) : (
            <Button icon="sync" onClick={explore.run}>
              Run query
            </Button>
          )}
        </>
      }
    >
      <QueryRows
        datasource={datasource}
        queries={explore.queries}
        range={explore.range}
        data={explore.data}
        onChange={explore.setQueries}
        onRun={explore.run}
      />
      <Results data={explore.data} onChangeRange={(from, to) => explore.setRange(parseRange(from, to))} />
      {inspecting && <Inspector data={explore.data} onClose={() => setInspecting(false)} />}
    </Page>
  );
}
