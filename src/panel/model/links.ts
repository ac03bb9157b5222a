import {
  type DataFrame,
  type Field,
  type IconName,
  type InterpolateFunction,
  type LinkModel,
  getLinksSupplier,
  textUtil,
} from '@grafana/data';

export interface StepLink {
  icon: IconName;
  title: string;
  href: string;
  newTab: boolean;
  onClick: LinkModel<Field>['onClick'];
}

/**
 * The data links of one row, from every field that carries some, each target once: those of the run come last, except
 * on the run's own row. Uses the links that Grafana prepared (Explore adds its split view there), or resolves the
 * field's configuration itself.
 */
export function rowLinks(frame: DataFrame, row: number, replaceVariables: InterpolateFunction): StepLink[] {
  if (row < 0 || row >= frame.length) {
    return [];
  }
  const links = new Map<string, StepLink>();
  for (const field of inOrder(frame, row)) {
    if (isEmpty(field.values[row])) {
      continue;
    }
    const supplier = field.getLinks ?? getLinksSupplier(frame, field, field.state?.scopedVars ?? {}, replaceVariables);
    for (const model of supplier({ valueRowIndex: row })) {
      const href = safeUrl(model.href);
      if (href !== '' || model.onClick) {
        links.set(`${model.title}\n${href}`, {
          icon: linkIcon(model.title, model.target === '_blank'),
          title: model.title || 'Open link',
          href,
          newTab: model.target === '_blank',
          onClick: model.onClick,
        });
      }
    }
  }
  return [...links.values()];
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

/** An empty string for whatever must not be opened, such as a javascript: address. */
function safeUrl(href: string): string {
  if (!href) {
    return '';
  }
  const clean = textUtil.sanitizeUrl(href);
  return clean === 'about:blank' ? '' : clean;
}

/** The fields with that of the run's id last, unless the row is the run itself. */
function inOrder({ fields }: DataFrame, row: number): Field[] {
  const run = fields.find(({ name }) => name === 'run_id');
  const depth = fields.find(({ name }) => name === 'depth');
  if (!run || depth?.values[row] === 0) {
    return fields;
  }
  return [...fields.filter((field) => field !== run), run];
}

/** By what a link leads to, the first that fits. */
const ICONS: Array<[RegExp, IconName]> = [
  [/\blogs?\b/i, 'gf-logs'],
  [/\btrace\b/i, 'gf-traces'],
  [/baseline|latency|prometheus|statistics/i, 'graph-bar'],
  [/\b(steps?|runs?)\b/i, 'sitemap'],
];

function linkIcon(title: string, newTab: boolean): IconName {
  const known = newTab ? undefined : ICONS.find(([pattern]) => pattern.test(title));
  return known ? known[1] : 'external-link-alt';
}
