/** Columns beside the names and the time axis. */
export type ColumnId = 'duration' | 'verdict' | 'contribution' | 'baseline';

export interface Column {
  id: ColumnId;
  title: string;
  description: string;
  /** Pixels. */
  width: number;
}

/** In the order they are shown. */
export const COLUMNS: Column[] = [
  { id: 'duration', title: 'Duration', description: 'How long the step ran, without its wait', width: 86 },
  { id: 'verdict', title: 'vs baseline', description: "Duration divided by the p50 of the step's baseline", width: 84 },
  { id: 'baseline', title: 'p50 / p95', description: "p50 and p95 of the step's baseline", width: 158 },
  { id: 'contribution', title: 'Share', description: "The step's part of the run's time", width: 64 },
];

/** The first to go when the panel is narrow is the last in this list. */
const IMPORTANCE: ColumnId[] = ['duration', 'verdict', 'contribution', 'baseline'];

const MIN_NAME = 104;
const MAX_NAME = 380;
const MIN_TIMELINE = 110;
const GOOD_TIMELINE = 220;
const GOOD_NAME = 160;
/** Room for the scroll bar. */
const GUTTER = 10;

export interface Layout {
  nameWidth: number;
  timelineWidth: number;
  columns: Column[];
}

/** Shares out the panel's width: as many of the wanted columns as leave names and bars legible. */
export function layoutColumns(width: number, wanted: readonly ColumnId[]): Layout {
  const room = Math.max(0, width - GUTTER);
  const chosen = new Set<ColumnId>();
  let taken = 0;
  for (const id of IMPORTANCE) {
    const column = COLUMNS.find((candidate) => candidate.id === id);
    if (!column || !wanted.includes(id)) {
      continue;
    }
    // The first column may squeeze names and bars to their minimum; the others may not.
    const needed = chosen.size === 0 ? MIN_NAME + MIN_TIMELINE - 20 : GOOD_NAME + GOOD_TIMELINE;
    if (taken + column.width + needed > room) {
      break;
    }
    chosen.add(id);
    taken += column.width;
  }
  const rest = room - taken;
  const fair = Math.max(rest * 0.36, Math.min(GOOD_NAME, rest - GOOD_TIMELINE));
  const nameWidth = Math.round(Math.min(MAX_NAME, Math.max(MIN_NAME, fair)));
  return {
    nameWidth,
    timelineWidth: Math.max(0, rest - nameWidth),
    columns: COLUMNS.filter((column) => chosen.has(column.id)),
  };
}
