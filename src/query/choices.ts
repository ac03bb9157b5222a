import { type CompareWith, type FigureSource, type LogDirection, type Measure, type QueryType } from '../types';

/** One of the values that an option can have; the first of a list is what an empty option means. */
export interface Choice<T extends string> {
  value: T;
  label: string;
  description: string;
}

/** The figures that a query type can draw; a type that is not named has no choice. */
export const MEASURES: Partial<Record<QueryType, Array<Choice<Measure>>>> = {
  'step-latency': [
    { value: 'latency', label: 'Latency', description: 'Quantiles of the execution time, in seconds' },
    { value: 'errors', label: 'Error ratio', description: 'Share of the executions that failed' },
    { value: 'rate', label: 'Call rate', description: 'Executions per second' },
    { value: 'queue', label: 'Queue time', description: 'Quantiles of the time until a worker pulled the job' },
    { value: 'size', label: 'Span size', description: 'Bytes of the spans that Windmill sends' },
  ],
  'step-contribution': [
    { value: 'seconds', label: 'Seconds per second', description: 'Time spent in the step per second of the clock' },
    { value: 'share', label: 'Share', description: 'Part of the time of all steps shown' },
  ],
  'step-regressions': [
    { value: 'change', label: 'Change', description: 'How much the p95 grew: 0.5 is +50 %' },
    { value: 'p95', label: 'p95', description: 'In this window, in seconds' },
    { value: 'previous_p95', label: 'Previous p95', description: 'In the window to compare with, in seconds' },
    { value: 'impact', label: 'Impact', description: 'What the p95 grew by, times the calls, in seconds' },
  ],
  'run-grid': [
    { value: 'duration', label: 'Duration', description: 'How long the step took in the run' },
    { value: 'outcome', label: 'Outcome', description: 'How the step ended in the run' },
    { value: 'ratio', label: 'Ratio', description: 'Duration divided by the p50 of its baseline' },
  ],
};

export const COMPARE_WITH: Array<Choice<CompareWith>> = [
  { value: 'previous', label: 'The window before', description: 'Of the same length, just before this one' },
  { value: 'day', label: 'A day ago', description: 'The same hours, one day earlier' },
  { value: 'week', label: 'A week ago', description: 'The same hours, seven days earlier' },
];

export const SOURCES: Array<Choice<FigureSource>> = [
  {
    value: 'auto',
    label: 'Automatic',
    description: "Span metrics if they carry Windmill's tags, else TraceQL metrics",
  },
  { value: 'span-metrics', label: 'Span metrics', description: 'From Prometheus' },
  { value: 'traceql-metrics', label: 'TraceQL metrics', description: 'From Tempo, exact but slower' },
];

export const DIRECTIONS: Array<Choice<LogDirection>> = [
  { value: 'backward', label: 'Newest first', description: 'The limit leaves out the oldest lines' },
  { value: 'forward', label: 'Oldest first', description: 'The limit leaves out the newest lines' },
];
