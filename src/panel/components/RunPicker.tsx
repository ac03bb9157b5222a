import { css } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { SteadyCombobox } from '../../components/SteadyCombobox';
import { formatDuration, formatTime, plural } from '../model/format';
import { OUTCOME_SIGNS } from '../model/labels';
import { type Run } from '../model/types';

interface Props {
  runs: Run[];
  selected: Run;
  timeZone: string;
  onSelect: (key: string) => void;
}

/** Lets the reader choose when the data holds several runs. */
export function RunPicker({ runs, selected, timeZone, onSelect }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.picker}>
      <span className={styles.text}>{plural(runs.length, 'run')} in the data. Shown:</span>
      <div className={styles.select}>
        <SteadyCombobox
          aria-label="Run to show"
          options={runs.map((run) => ({ value: run.key, ...describeRun(run, timeZone) }))}
          value={selected.key}
          onChange={onSelect}
        />
      </div>
    </div>
  );
}

/** A run in a line: flow, start, duration, outcome. */
function describeRun({ root, runId, steps }: Run, timeZone: string): { label: string; description: string } {
  const start = root?.start ?? steps[0]?.start ?? null;
  const parts = [formatTime(start, timeZone)];
  if (root) {
    parts.push(formatDuration(root.duration), OUTCOME_SIGNS[root.outcome].text);
  }
  return { label: `${root?.scriptPath ?? 'Run'} · ${parts.join(' · ')}`, description: runId ?? '' };
}

const getStyles = (theme: GrafanaTheme2) => ({
  picker: css({
    flex: 'none',
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  text: css({ whiteSpace: 'nowrap' }),
  select: css({ flex: 1, minWidth: 0, maxWidth: 560 }),
});
