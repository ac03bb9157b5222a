import { css } from '@emotion/css';
import React, { useCallback, useMemo, useState } from 'react';

import { type InterpolateFunction } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { type ColumnId, layoutColumns } from '../model/columns';
import { stepFacts } from '../model/facts';
import { type TimeScale, barOf, timeScale } from '../model/geometry';
import { findJumps } from '../model/jumps';
import { countFindings, findMatches } from '../model/matches';
import { rowLinks } from '../model/links';
import { type Point } from '../model/placement';
import { buildTree } from '../model/tree';
import { type Run, type StepNode } from '../model/types';
import { type Range, type View } from '../model/view';
import { visibleNodes } from '../model/visible';
import { limited, zoomed } from '../model/zoom';
import { type FlowStepsOptions } from '../options';
import { Handlers } from './Handlers';
import { Legend } from './Legend';
import { Overview } from './Overview';
import { RunHeader } from './RunHeader';
import { StepDetails } from './StepDetails';
import { RunTools } from './RunTools';
import { StepGrid } from './StepGrid';
import { useCollapse } from './useCollapse';
import { useFindingKeys } from './useFindingKeys';
import { type GridTarget } from './useTreeGrid';

interface Props {
  run: Run;
  view: View;
  onChange: (changes: Partial<View>) => void;
  /** The address that shows a view. */
  shareUrl: (view: View) => string;
  options: FlowStepsOptions;
  width: number;
  height: number;
  timeZone: string;
  replaceVariables: InterpolateFunction;
}

interface Details {
  nodeId: string;
  anchor: Point;
  restoreFocus: () => void;
}

/** Panels lower than this, in pixels, have no legend, or a header of one line. In a narrow panel the legend needs more lines. */
const LEGEND_HEIGHT = 260;
const LEGEND_HEIGHT_NARROW = 480;
const LEGEND_WIDTH = 560;
const HEADER_HEIGHT = 180;
/** Panels lower than this, in pixels, leave the strip with the whole run to the rows. */
const OVERVIEW_HEIGHT = 300;
/** What the header with its tools, and the strip, take from the rows at least, in pixels. */
const HEADER_TAKES = 76;
const OVERVIEW_TAKES = 40;
const NONE: ReadonlySet<string> = new Set();

/** One run: header, tree grid, legend. Keeps what the reader opened and closed while the data is refreshed. */
export function RunView({ run, view, onChange, shareUrl, options, width, height, timeZone, replaceVariables }: Props) {
  const styles = useStyles2(getStyles);
  const { showBaselines, showCriticalPath } = options;
  const roots = useMemo(() => buildTree(run.steps), [run.steps]);
  const whole = useMemo(() => timeScale(run.steps, run.root, showBaselines), [run, showBaselines]);
  const { range, scale } = useZoom(whole, view.run === null || view.run === run.key ? view.range : null);
  const layout = useMemo(() => layoutColumns(width, shownColumns(run, options)), [width, run, options]);
  const nodes = useMemo(() => visibleNodes(roots, NONE), [roots]);
  const { show, search, only } = view;
  const matches = useMemo(() => findMatches(nodes, { show, search }), [nodes, show, search]);
  const counts = useMemo(() => countFindings(nodes), [nodes]);
  const tree = useCollapse(roots, options.collapseDepth, only ? matches : null, `${show.join()} ${search}`);
  const jumps = useMemo(() => findJumps(roots), [roots]);
  const [target, setTarget] = useState<GridTarget | null>(null);
  const [details, setDetails] = useState<Details | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const { reveal } = tree;

  // The row is looked up in the latest data, so that open details follow it. One that is gone closes them.
  const shown = details && nodes.find((node) => node.id === details.nodeId && node.id === view.step);

  // The address asks for a row: once, and when the data has it.
  const wanted = view.step === asked ? undefined : nodes.find((node) => node.id === view.step);
  if (wanted || (view.step === null && asked !== null)) {
    setAsked(view.step);
    if (wanted && details?.nodeId !== wanted.id) {
      reveal(wanted);
      setTarget({ id: wanted.id, open: true });
    }
  }

  const open = useCallback(
    (node: StepNode, anchor: Point, restoreFocus: () => void) => {
      setDetails({ nodeId: node.id, anchor, restoreFocus });
      onChange({ run: run.key, step: node.id });
    },
    [onChange, run.key]
  );
  const jump = (node: StepNode) => {
    if (only && matches && !matches.own.has(node.id) && !matches.holding.has(node.id)) {
      onChange({ only: false });
    }
    if (range && scale && barOf(node.step, scale, false)?.outside) {
      onChange({ range: null });
    }
    reveal(node);
    setTarget({ id: node.id });
  };
  const jumpToFirst = () => {
    const first = nodes.find((node) => matches?.own.has(node.id));
    if (first) {
      jump(first);
    }
  };
  const onKeyDown = useFindingKeys(roots, tree.rows, jump);
  const close = useCallback(() => {
    details?.restoreFocus();
    setDetails(null);
    onChange({ step: null });
  }, [details, onChange]);

  const withTools = height >= HEADER_HEIGHT;
  const withOverview = options.showOverview && whole !== null && height >= OVERVIEW_HEIGHT && nodes.length > 1;

  return (
    <div className={styles.view} onKeyDown={onKeyDown}>
      <RunHeader
        run={run}
        timeZone={timeZone}
        width={width}
        compact={height < HEADER_HEIGHT}
        replaceVariables={replaceVariables}
      />
      {withTools && (
        <RunTools
          jumps={jumps}
          counts={counts}
          view={view}
          found={matches && matches.own.size}
          width={width}
          onJump={jump}
          onChange={onChange}
          onFirst={jumpToFirst}
        />
      )}
      {withOverview && (
        <Overview
          nodes={nodes}
          scale={whole}
          range={range}
          onChange={(next) => onChange({ range: next, run: run.key })}
        />
      )}
      <StepGrid
        rows={tree.rows}
        collapsed={tree.collapsed}
        matches={matches}
        onToggle={tree.onToggle}
        onExpandAll={tree.onExpandAll}
        onCollapseAll={tree.onCollapseAll}
        target={target}
        scale={scale}
        layout={layout}
        height={height - (withTools ? HEADER_TAKES : 0) - (withOverview ? OVERVIEW_TAKES : 0)}
        timeZone={timeZone}
        label={`Steps of ${run.root?.scriptPath ?? run.runId ?? 'the run'}`}
        showBaselines={showBaselines}
        showCriticalPath={showCriticalPath}
        detailsOpen={Boolean(shown)}
        onOpen={open}
      />
      {run.handlers.length > 0 && (
        <Handlers
          handlers={run.handlers}
          linksOf={({ index }) => rowLinks(run.frame, index, replaceVariables)}
        />
      )}
      {options.showLegend && height >= (width < LEGEND_WIDTH ? LEGEND_HEIGHT_NARROW : LEGEND_HEIGHT) && (
        <Legend run={run} showBaselines={showBaselines} showCriticalPath={showCriticalPath} />
      )}
      {details && shown && (
        <StepDetails
          key={shown.id}
          node={shown}
          facts={stepFacts(shown, scale?.origin ?? null, timeZone)}
          links={rowLinks(run.frame, shown.step.index, replaceVariables)}
          shareUrl={() => shareUrl({ ...view, run: run.key, step: shown.id })}
          anchor={details.anchor}
          onClose={close}
        />
      )}
    </div>
  );
}

/** The stretch of the run that the rows show, if it is not all of it, and its axis. */
function useZoom(whole: TimeScale | null, asked: Range | null) {
  return useMemo(() => {
    const range = whole && limited(asked, whole);
    return { range, scale: whole && zoomed(whole, range) };
  }, [whole, asked]);
}

/** The columns asked for; without any baseline in the run, its column would hold dashes only. */
function shownColumns(run: Run, options: FlowStepsOptions): ColumnId[] {
  const hasBaseline = run.steps.some((step) => step.baselineP50 !== null || step.baselineP95 !== null);
  return options.columns.filter((id) => id !== 'baseline' || hasBaseline);
}

const getStyles = () => ({
  view: css({ display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0 }),
});
