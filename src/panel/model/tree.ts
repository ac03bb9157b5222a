import { groupSiblings } from './groups';
import { type Step, type StepNode } from './types';

/** Builds the tree from rows in tree order and returns its roots. Iterations and branches of one step get a row above them. */
export function buildTree(steps: Step[]): StepNode[] {
  const roots = linkParents(steps);
  const preorder: StepNode[] = [];
  const open = [{ siblings: groupSiblings(roots, null), level: 0 }];
  const top = open[0].siblings;
  while (open.length > 0) {
    const { siblings, level } = open.pop()!;
    siblings.forEach((node, index) => {
      node.level = level;
      node.position = index + 1;
      node.siblings = siblings.length;
      preorder.push(node);
      if (node.children.length > 0) {
        node.children = node.group ? node.children : groupSiblings(node.children, node);
        open.push({ siblings: node.children, level: level + 1 });
      }
    });
  }
  countDescendants(preorder);
  return top;
}

/** Joins rows by parent_job, and by depth where the parent is unknown. A parent always comes before its children, so no cycle can form. */
function linkParents(steps: Step[]): StepNode[] {
  const byJob = new Map<string, StepNode>();
  const roots: StepNode[] = [];
  const ancestors: StepNode[] = [];
  for (const step of steps) {
    const node = newNode(step, byJob.has(step.jobId) ? `${step.jobId}#${step.index}` : step.jobId);
    const parent = (step.parentJob === null ? undefined : byJob.get(step.parentJob)) ?? byDepth(ancestors, step.depth);
    if (parent) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      roots.push(node);
    }
    byJob.set(step.jobId, node);
    dropFrom(ancestors, step.depth);
    ancestors.push(node);
  }
  return roots;
}

function newNode(step: Step, id: string): StepNode {
  return {
    id,
    step,
    parent: null,
    children: [],
    level: 0,
    position: 1,
    siblings: 1,
    group: null,
    descendants: 0,
    failedDescendants: 0,
  };
}

/** The nearest row above with a smaller depth. */
function byDepth(ancestors: StepNode[], depth: number | null): StepNode | undefined {
  if (depth === null || depth === 0) {
    return undefined;
  }
  for (let i = ancestors.length - 1; i >= 0; i--) {
    if ((ancestors[i].step.depth ?? Infinity) < depth) {
      return ancestors[i];
    }
  }
  return undefined;
}

/** Rows at the same depth or deeper can be nobody's ancestor any more. */
function dropFrom(ancestors: StepNode[], depth: number | null) {
  while (ancestors.length > 0 && (ancestors[ancestors.length - 1].step.depth ?? Infinity) >= (depth ?? Infinity)) {
    ancestors.pop();
  }
}

/** Adds up from the leaves: in the list every parent stands before its children. */
function countDescendants(preorder: StepNode[]) {
  for (let i = preorder.length - 1; i >= 0; i--) {
    const node = preorder[i];
    if (!node.parent) {
      continue;
    }
    const own = node.group ? 0 : 1;
    const failed = own === 1 && node.step.outcome === 'error' ? 1 : 0;
    node.parent.descendants += node.descendants + own;
    node.parent.failedDescendants += node.failedDescendants + failed;
  }
}
