import { useMemo, useState } from 'react';

import { type Matches, matchingRows } from '../model/matches';
import { type StepNode } from '../model/types';
import { containerIds, defaultCollapsed, visibleNodes } from '../model/visible';

/** Ids of the rows that the reader closed (true) and opened. */
type Choices = ReadonlyMap<string, boolean>;

const NONE: Choices = new Map();

/**
 * Which rows are open: the defaults, changed by what the reader did. `only`: the rows that match a filter, alone; they
 * are open down to the matches whatever was closed before, and what the reader closes there lasts as long as the filter.
 */
export function useCollapse(roots: StepNode[], depth: number, only: Matches | null, filter: string) {
  const [whole, setWhole] = useState<Choices>(NONE);
  const [matching, setMatching] = useState({ filter, choices: NONE });
  const own = matching.filter === filter ? matching.choices : NONE;

  const { rows, collapsed } = useMemo(() => {
    if (only) {
      return matchingRows(roots, only, own);
    }
    const ids = defaultCollapsed(roots, depth);
    whole.forEach((isCollapsed, id) => (isCollapsed ? ids.add(id) : ids.delete(id)));
    return { rows: visibleNodes(roots, ids), collapsed: ids };
  }, [roots, depth, whole, own, only]);

  const set = (changes: Array<[string, boolean]>) => {
    if (only) {
      setMatching({ filter, choices: new Map([...own, ...changes]) });
    } else {
      setWhole((current) => new Map([...current, ...changes]));
    }
  };
  const onToggle = (id: string) => set([[id, !collapsed.has(id)]]);
  /** Opens everything above a row, with the filter and without. */
  const reveal = (node: StepNode) => {
    const above: Array<[string, boolean]> = [];
    for (let parent = node.parent; parent !== null; parent = parent.parent) {
      above.push([parent.id, false]);
    }
    setWhole((current) => new Map([...current, ...above]));
    setMatching({ filter, choices: new Map([...own, ...above]) });
  };
  const setAll = (isCollapsed: boolean) => set([...containerIds(roots, !isCollapsed)].map((id) => [id, isCollapsed]));

  return { rows, collapsed, onToggle, reveal, onExpandAll: () => setAll(false), onCollapseAll: () => setAll(true) };
}
