import { css } from '@emotion/css';
import {
  CoreApp,
  type DataSourceApi,
  DataSourcePluginContextProvider,
  type GrafanaTheme2,
  type PanelData,
  type TimeRange,
} from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import { Alert, Button, Collapse, ErrorBoundaryAlert, IconButton, Stack, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';

import { dataSourceSrv } from '../grafana/setup';
import { nextRefId } from './state';

interface Props {
  datasource: DataSourceApi;
  queries: DataQuery[];
  range: TimeRange;
  data: PanelData;
  onChange: (queries: DataQuery[]) => void;
  onRun: () => void;
}

/** One editor of the plugin for each query. */
export function QueryRows({ datasource, queries, range, data, onChange, onRun }: Props) {
  const styles = useStyles2(getStyles);
  const add = () =>
    onChange([...queries, { ...datasource.getDefaultQuery?.(CoreApp.Explore), refId: nextRefId(queries) }]);
  const Help = datasource.components?.QueryEditorHelp;
  const [helpOpen, setHelpOpen] = useState(false);
  const first = queries[0];
  return (
    <section aria-label="Queries" className={styles.section}>
      {queries.map((query, index) => (
        <QueryRow
          key={query.refId}
          datasource={datasource}
          query={query}
          queries={queries}
          range={range}
          data={dataOf(data, query.refId)}
          onRun={onRun}
          onChange={(changed) => onChange(queries.map((other, at) => (at === index ? changed : other)))}
          onRemove={queries.length > 1 ? () => onChange(queries.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      <Stack direction="row" gap={1}>
        <Button variant="secondary" size="sm" icon="plus" onClick={add}>
          Add query
        </Button>
        {Help && (
          <Button
            variant="secondary"
            size="sm"
            fill="text"
            aria-expanded={helpOpen}
            onClick={() => setHelpOpen(!helpOpen)}
          >
            {helpOpen ? 'Hide help' : 'Help'}
          </Button>
        )}
      </Stack>
      {Help && first && helpOpen && (
        <Collapse label="Help" isOpen onToggle={setHelpOpen}>
          <Help
            datasource={datasource}
            query={first}
            onClickExample={(example) => {
              onChange([{ ...example, refId: first.refId }, ...queries.slice(1)]);
              onRun();
            }}
          />
        </Collapse>
      )}
    </section>
  );
}

interface RowProps extends Omit<Props, 'onChange'> {
  query: DataQuery;
  onChange: (query: DataQuery) => void;
  onRemove?: () => void;
}

function QueryRow({ datasource, query, queries, range, data, onChange, onRun, onRemove }: RowProps) {
  const styles = useStyles2(getStyles);
  const Editor = datasource.components?.QueryEditor;
  const settings = dataSourceSrv.getInstanceSettings(datasource.uid);
  if (!Editor || !settings) {
    return <Alert title="The plugin has no query editor" />;
  }
  return (
    <div className={styles.row} role="group" aria-label={`Query ${query.refId}`}>
      <div className={styles.head}>
        <span className={styles.refId}>{query.refId}</span>
        <span className={styles.source}>{`(${datasource.name})`}</span>
        {onRemove && <IconButton name="trash-alt" tooltip={`Remove query ${query.refId}`} onClick={onRemove} />}
      </div>
      <div className={styles.editor}>
        <ErrorBoundaryAlert title="The query editor failed" dependencies={[query]}>
          <DataSourcePluginContextProvider instanceSettings={settings}>
            <Editor
              datasource={datasource}
              query={query}
              queries={queries}
              range={range}
              data={data}
              app={CoreApp.Explore}
              onChange={onChange}
              onRunQuery={onRun}
            />
          </DataSourcePluginContextProvider>
        </ErrorBoundaryAlert>
      </div>
    </div>
  );
}

/** What one query answered, as its editor expects it. */
function dataOf(data: PanelData, refId: string): PanelData {
  const errors = data.errors?.filter((error) => error.refId === refId);
  return { ...data, series: data.series.filter((frame) => frame.refId === refId), errors, error: errors?.[0] };
}

const getStyles = (theme: GrafanaTheme2) => ({
  section: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  row: css({
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1.5),
    background: theme.colors.background.secondary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '& > button': { marginLeft: 'auto' },
  }),
  refId: css({ color: theme.colors.text.link, fontWeight: theme.typography.fontWeightMedium }),
  source: css({ color: theme.colors.text.secondary, fontStyle: 'italic' }),
  editor: css({ padding: theme.spacing(1.5) }),
});
