import {
  DataFrameView,
  FieldType,
  NodeGraphDataFrameFieldNames,
  dataFrameFromJSON,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
  type DataFrame,
  type DataFrameJSON,
  type TraceSpanRow,
} from '@grafana/data';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';

/** The frames that the backend's golden file of one case holds. */
function golden(name: string): DataFrame[] {
  const file = join(__dirname, '..', 'pkg', 'plugin', 'testdata', name, 'expected.golden.jsonc');
  const json = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .join('\n');
  const answer: { frames: DataFrameJSON[] } = JSON.parse(json);
  return answer.frames.map((frame) => dataFrameFromJSON(frame));
}

/** What Grafana's own panels do with the frames of runs, on frames as the backend sends them. */
describe('frames of runs in the panels of Grafana', () => {
  it('gives the trace view its spans', () => {
    const [frame] = golden('run-trace/parallel-loop-and-subflow');
    expect(frame.meta?.preferredVisualisationType).toBe('trace');
    const spans = new DataFrameView<TraceSpanRow>(frame).toArray().map((span) => ({ ...span }));
    const ids = new Set(spans.map((span) => span.spanID));
    expect(ids.size).toBe(spans.length);
    expect(new Set(spans.map((span) => span.traceID)).size).toBe(1);
    expect(spans.filter((span) => !span.parentSpanID)).toHaveLength(1);
    for (const span of spans) {
      expect(span.parentSpanID === '' || ids.has(span.parentSpanID ?? '')).toBe(true);
      expect(Array.isArray(span.tags)).toBe(true);
      expect(span.serviceTags[0]).toEqual({ key: 'service.name', value: span.serviceName });
      expect(new Date(span.startTime).getUTCFullYear()).toBeGreaterThan(2025);
    }
  });

  it('gives the node graph its nodes and edges', () => {
    const [nodes, edges] = golden('step-map/normal');
    const known: string[] = Object.values(NodeGraphDataFrameFieldNames);
    const belongs = (name: string) => known.some((k) => name === k || (k.endsWith('__') && name.startsWith(k)));
    expect(nodes.fields.map((f) => f.name).filter((name) => !belongs(name))).toEqual(['series']);
    expect(edges.fields.map((f) => f.name).filter((name) => !belongs(name))).toEqual([]);
    const ids: string[] = nodes.fields[0].values;
    for (const end of ['source', 'target']) {
      expect(ids).toEqual(expect.arrayContaining(edges.fields.find((f) => f.name === end)?.values ?? [null]));
    }
  });

  it('makes a row of each step of the grid, with the names of outcomes', async () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way to it outside of Grafana itself
    const transformation = standardTransformers.groupingToMatrixTransformer;
    const { id, name } = transformation;
    standardTransformersRegistry.setInit(() => [
      {
        id,
        name,
        transformation: () => Promise.resolve(transformation),
        editor: () => null,
        imageDark: '',
        imageLight: '',
      },
    ]);
    const options = { columnField: 'step', rowField: 'start', valueField: 'value' };
    const [matrix] = await firstValueFrom(transformDataFrame([{ id, options }], golden('run-grid/by-outcome')));
    const [time, ...steps] = matrix.fields;
    expect(time.type).toBe(FieldType.time);
    expect(steps.map((f) => f.name)).toEqual(['a', 'b', 'l/c', 'l/d', 'p/y', 'p/z']);
    const b = steps[1];
    expect(b.type).toBe(FieldType.number);
    expect(b.values[0]).toBe(5);
    expect(b.config.mappings?.[0]).toMatchObject({ type: 'value', options: { 5: { text: 'error' } } });
  });
});
