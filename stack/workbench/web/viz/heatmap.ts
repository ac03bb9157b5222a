import { type DataFrame, DataFrameType, type Field, FieldType, formattedValueToString } from '@grafana/data';

/** One cell: its place in shares of the drawing, from the left and from the bottom, and its count as a share of the greatest. */
export interface Cell {
  left: number;
  right: number;
  bottom: number;
  top: number;
  strength: number;
  text: string;
}

export interface Heatmap {
  cells: Cell[];
  /** Labels of the value axis with their place from the bottom. */
  labels: Array<{ at: number; text: string }>;
}

export function isHeatmap(frame: DataFrame): boolean {
  return frame.meta?.type === DataFrameType.HeatmapCells;
}

/** Lays the cells of a heatmap out, values on a logarithmic axis. Undefined when a field is missing or there is no cell. */
export function layOut(frame: DataFrame, from: number, to: number): Heatmap | undefined {
  const field = (name: string) => frame.fields.find((candidate) => candidate.name === name);
  const [xMax, yMin, yMax] = ['xMax', 'yMin', 'yMax'].map(field);
  const count = frame.fields.find(({ name, type }) => type === FieldType.number && !name.startsWith('y'));
  if (!xMax || !yMin || !yMax || !count || frame.length === 0) {
    return undefined;
  }
  const lows: number[] = yMin.values.filter((value) => value > 0);
  const lowest = Math.log2(lows.reduce((least, value) => Math.min(least, value), Infinity));
  const highest = Math.log2(yMax.values.reduce((most, value) => Math.max(most, value), 0));
  const most = count.values.reduce((greatest, value) => Math.max(greatest, value), 0);
  const across = (time: number) => Math.min(1, Math.max(0, (time - from) / (to - from)));
  const up = (value: number) => (value > 0 ? (Math.log2(value) - lowest) / (highest - lowest || 1) : 0);
  const interval = xMax.config.interval ?? (to - from) / 60;
  const cells = Array.from({ length: frame.length }, (_, row): Cell => {
    const [end, low, high] = [xMax, yMin, yMax].map(({ values }) => Number(values[row]));
    return {
      left: across(end - interval),
      right: across(end),
      bottom: up(low),
      top: up(high),
      strength: most > 0 ? count.values[row] / most : 0,
      text: `${shown(count, count.values[row])} of ${shown(yMin, low)} to ${shown(yMin, high)} until ${shown(xMax, end)}`,
    };
  });
  const labels = [0, 0.25, 0.5, 0.75, 1].map((at) => ({
    at,
    text: shown(yMin, 2 ** (lowest + at * (highest - lowest))),
  }));
  return { cells, labels };
}

function shown(field: Field, value: number): string {
  return field.display ? formattedValueToString(field.display(value)) : String(value);
}
