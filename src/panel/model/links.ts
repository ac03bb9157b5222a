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
 * The data links of one row, from every field that carries some, each target once. Uses the links that Grafana
 * prepared (Explore adds its split view there), or resolves the field's configuration itself.
 */
export function rowLinks(frame: DataFrame, row: number, replaceVariables: InterpolateFunction): StepLink[] {
  if (row < 0 || row >= frame.length) {
    return [];
  }
  const links = new Map<string, StepLink>();
  for (const field of frame.fields) {
    if (isEmpty(field.values[row])) {
      continue;
    }
    const supplier = field.getLinks ?? getLinksSupplier(frame, field, field.state?.scopedVars ?? {}, replaceVariables);
    for (const model of supplier({ valueRowIndex: row })) {
      const href = safeUrl(model.href);
      if (href !== '' || model.onClick) {
        links.set(`${model.title}\n${href}`, {
          icon: linkIcon(field.name, model.title),
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

function linkIcon(field: string, title: string): IconName {
  if (/\blogs?\b/i.test(title)) {
    return 'gf-logs';
  }
  if (field === 'trace_id' || field === 'span_id') {
    return 'gf-traces';
  }
  if (field.startsWith('baseline')) {
    return 'graph-bar';
  }
  return field === 'run_id' ? 'sitemap' : 'external-link-alt';
}
