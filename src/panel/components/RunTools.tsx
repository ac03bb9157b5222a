import { css } from '@emotion/css';
import React, { useState } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Button, FilterInput, useStyles2 } from '@grafana/ui';

import { plural } from '../model/format';
import { type Jump } from '../model/jumps';
import { FINDINGS, type Finding } from '../model/matches';
import { type StepNode } from '../model/types';
import { type View, toggled } from '../model/view';
import { JumpLine } from './JumpLine';

const NAMES: Record<Finding, string> = { slow: 'Slow', failed: 'Failed', critical: 'Critical', waited: 'Waited' };

/** Narrower than this, in pixels, the filters are folded until they are asked for. */
const NARROW = 560;

interface Props {
  jumps: Jump[];
  /** How many rows have each finding. */
  counts: Record<Finding, number>;
  view: View;
  /** How many rows match, or null if nothing is asked for. */
  found: number | null;
  width: number;
  onJump: (node: StepNode) => void;
  onChange: (changes: Partial<View>) => void;
  /** Enter in the search box. */
  onFirst: () => void;
}

/** What stands above the rows: where to look first, and what rows to look at. */
export function RunTools({ jumps, counts, view, found, width, onJump, onChange, onFirst }: Props) {
  const styles = useStyles2(getStyles);
  const [unfolded, setUnfolded] = useState(false);
  const narrow = width < NARROW;
  const open = !narrow || unfolded || found !== null;
  return (
    <div className={styles.tools}>
      <JumpLine jumps={jumps} onJump={onJump} />
      {narrow && found === null && (
        <Button
          size="sm"
          variant="secondary"
          fill="outline"
          icon="filter"
          aria-expanded={open}
          onClick={() => setUnfolded(!unfolded)}
        >
          Filter rows
        </Button>
      )}
      {open && (
        <div className={styles.filters} role="group" aria-label="Filter rows">
          {FINDINGS.filter((finding) => counts[finding] > 0 || view.show.includes(finding)).map((finding) => (
            <Pill
              key={finding}
              pressed={view.show.includes(finding)}
              onClick={() => onChange({ show: toggled(view.show, finding) })}
            >
              {NAMES[finding]} {counts[finding]}
            </Pill>
          ))}
          <div className={styles.search}>
            <FilterInput
              aria-label="Find a step, worker or path"
              placeholder="Step, worker or path"
              value={view.search}
              escapeRegex={false}
              onChange={(search) => onChange({ search })}
              onKeyDown={(event) => event.key === 'Enter' && onFirst()}
            />
          </div>
          {(found !== null || view.only) && (
            <Pill pressed={view.only} onClick={() => onChange({ only: !view.only })}>
              Only matches
            </Pill>
          )}
          <span role="status" className={styles.found}>
            {found !== null && plural(found, 'match', 'matches')}
          </span>
        </div>
      )}
    </div>
  );
}

function Pill({ pressed, onClick, children }: { pressed: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <Button
      size="sm"
      variant={pressed ? 'primary' : 'secondary'}
      fill={pressed ? 'solid' : 'outline'}
      icon={pressed ? 'check' : undefined}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  tools: css({
    flex: 'none',
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.5, 2),
    padding: theme.spacing(0, 1, 0.5),
  }),
  filters: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.5) }),
  search: css({ width: 190 }),
  found: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
