import { type StepNode } from './types';

/** The row ran by means of what is below it. A job whose script launched others ran by itself, and they may outlive it. */
export function isContainer({ group, children }: StepNode): boolean {
  return group !== null || children.some(({ step }) => step.kind !== 'launched');
}
