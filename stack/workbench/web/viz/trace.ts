import { type DataFrame, formattedValueToString } from '@grafana/data';

/** A span as it is listed: times in milliseconds. */
export interface Span {
  id: string;
  name: string;
  service: string;
  start: number;
  duration: number;
  /** By its field's unit. */
  durationText: string;
  failed: boolean;
  /** How deep it lies below its root, from 0. */
  depth: number;
}

/** Reads Grafana's trace frame: children follow their parent, by their start. Undefined when the frame is something else. */
export function readTrace(frame: DataFrame | undefined): Span[] | undefined {
  const field = (name: string) => frame?.fields.find((candidate) => candidate.name === name);
  const [ids, starts, durations] = ['spanID', 'startTime', 'duration'].map(field);
  if (!frame || !ids || !starts || !durations) {
    return undefined;
  }
  const text = (name: string, row: number) => String(field(name)?.values[row] ?? '');
  const spans = Array.from({ length: frame.length }, (_, row): Span & { parent: string } => ({
    id: text('spanID', row),
    parent: text('parentSpanID', row),
    name: text('operationName', row),
    service: text('serviceName', row),
    start: Number(starts.values[row]),
    duration: Number(durations.values[row]),
    durationText: durations.display ? formattedValueToString(durations.display(durations.values[row])) : '',
    failed: Number(field('statusCode')?.values[row]) === 2,
    depth: 0,
  }));
  return inTreeOrder(spans);
}

/** A span whose parent is not among them is a root. One in a circle has no place, and is left out. */
function inTreeOrder<T extends Span & { parent: string }>(spans: T[]): T[] {
  const known = new Set(spans.map(({ id }) => id));
  const children = new Map<string, T[]>();
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const parent = known.has(span.parent) ? span.parent : '';
    const siblings = children.get(parent);
    if (siblings) {
      siblings.push(span);
    } else {
      children.set(parent, [span]);
    }
  }
  const ordered: T[] = [];
  const place = (parent: string, depth: number) => {
    for (const span of children.get(parent) ?? []) {
      ordered.push({ ...span, depth });
      place(span.id, depth + 1);
    }
  };
  place('', 0);
  return ordered;
}
