import { type DataFrame, type Field, formattedValueToString } from '@grafana/data';

export interface GraphNode {
  id: string;
  title: string;
  subtitle: string;
  main: string;
  secondary: string;
  /** Share of the arc that is drawn in the colour of errors, 0 to 1. */
  errors: number;
  /** Place in a grid of columns and rows. */
  column: number;
  row: number;
}

export interface GraphEdge {
  id: string;
  from: GraphNode;
  to: GraphNode;
  text: string;
  thickness: number;
}

export interface NodeGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  columns: number;
  rows: number;
}

/** Reads Grafana's two node graph frames. Undefined when the frames are something else. */
export function readNodeGraph(frames: DataFrame[]): NodeGraph | undefined {
  const has = (frame: DataFrame, name: string) => frame.fields.some((field) => field.name === name);
  const edgeFrame = frames.find((frame) => has(frame, 'source') && has(frame, 'target'));
  const nodeFrame = frames.find((frame) => frame !== edgeFrame && has(frame, 'id'));
  if (!nodeFrame) {
    return undefined;
  }
  const nodes = Array.from({ length: nodeFrame.length }, (_, row) => readNode(nodeFrame, row));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = edgeFrame ? readEdges(edgeFrame, byId) : [];
  placeColumns(nodes, edges);
  placeRows(nodes);
  const greatest = (of: (node: GraphNode) => number) => nodes.reduce((most, node) => Math.max(most, of(node) + 1), 0);
  return { nodes, edges, columns: greatest(({ column }) => column), rows: greatest(({ row }) => row) };
}

function readNode(frame: DataFrame, row: number): GraphNode {
  const text = (name: string) => shown(frame, name, row);
  const errors: unknown = frame.fields.find(({ name }) => name === 'arc__error')?.values[row];
  return {
    id: text('id'),
    title: text('title'),
    subtitle: text('subtitle'),
    main: text('mainstat'),
    secondary: text('secondarystat'),
    errors: typeof errors === 'number' ? errors : 0,
    column: 0,
    row: 0,
  };
}

function readEdges(frame: DataFrame, nodes: Map<string, GraphNode>): GraphEdge[] {
  const value = (name: string, row: number): unknown => frame.fields.find((field) => field.name === name)?.values[row];
  return Array.from({ length: frame.length }, (_, row) => row).flatMap((row) => {
    const from = nodes.get(String(value('source', row)));
    const to = nodes.get(String(value('target', row)));
    const thickness = Number(value('thickness', row) ?? 1);
    const id = String(value('id', row));
    return from && to ? [{ id, from, to, text: shown(frame, 'mainstat', row), thickness }] : [];
  });
}

/** Every node stands right of those before it. Steps that loop back end after as many rounds as there are nodes. */
function placeColumns(nodes: GraphNode[], edges: GraphEdge[]) {
  for (let round = 0; round < nodes.length; round++) {
    const late = edges.filter(
      ({ from, to }) => from !== to && to.column <= from.column && from.column + 1 < nodes.length
    );
    if (late.length === 0) {
      return;
    }
    late.forEach(({ from, to }) => (to.column = from.column + 1));
  }
}

function placeRows(nodes: GraphNode[]) {
  const used = new Map<number, number>();
  for (const node of nodes) {
    node.row = used.get(node.column) ?? 0;
    used.set(node.column, node.row + 1);
  }
}

function shown(frame: DataFrame, name: string, row: number): string {
  const field: Field | undefined = frame.fields.find((candidate) => candidate.name === name);
  const value: unknown = field?.values[row];
  if (!field || value === null || value === undefined) {
    return '';
  }
  return field.display ? formattedValueToString(field.display(value)) : String(value);
}
