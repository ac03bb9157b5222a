import { type FilterKey, type Filters, type TagValues } from '../types';

export interface TagValuesRequest {
  tag: FilterKey;
  /** The other filters of the query: only values that go with them are offered. */
  filters: Filters;
  /** Unix milliseconds. */
  from: number;
  to: number;
}

export type TagValuesParams = { tag: string; from: number; to: number; filters: string };
type Load = (params: TagValuesParams) => Promise<TagValues>;

const FRESH_MS = 30_000;
const MAX_ENTRIES = 50;
/** Relative time ranges move with every look; within this step they count as the same. */
const RANGE_STEP_MS = 60_000;

/**
 * Remembers answers for a short while and shares those under way, because a list of options is asked for at every
 * keystroke and each time its menu opens. Failures are not remembered.
 */
export class TagValuesCache {
  private readonly entries = new Map<string, { at: number; answer: Promise<TagValues> }>();

  constructor(
    private readonly load: Load,
    private readonly now: () => number = Date.now
  ) {}

  get(request: TagValuesRequest): Promise<TagValues> {
    const params = toParams(request);
    const key = cacheKey(params);
    const known = this.entries.get(key);
    if (known && this.now() - known.at < FRESH_MS) {
      return known.answer;
    }
    const answer = this.load(params);
    this.remember(key, answer);
    return answer;
  }

  private remember(key: string, answer: Promise<TagValues>) {
    const entry = { at: this.now(), answer };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > MAX_ENTRIES) {
      const oldest = this.entries.keys().next().value;
      this.entries.delete(oldest ?? key);
    }
    answer.catch(() => {
      if (this.entries.get(key) === entry) {
        this.entries.delete(key);
      }
    });
  }
}

function toParams({ tag, filters, from, to }: TagValuesRequest): TagValuesParams {
  const others: Filters = { ...filters };
  delete others[tag];
  return { tag, from, to, filters: JSON.stringify(others) };
}

function cacheKey({ tag, from, to, filters }: TagValuesParams): string {
  return [tag, Math.floor(from / RANGE_STEP_MS), Math.floor(to / RANGE_STEP_MS), filters].join('|');
}
