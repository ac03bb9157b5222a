type Value = string | string[];
type Format = (value: Value, args: string[]) => string;

const list = (value: Value): string[] => [value].flat();
const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const quoted = (text: string, quote: string): string => `${quote}${text.replaceAll(quote, `\\${quote}`)}${quote}`;

/** A variable with several values is written as {a,b} where no format is asked for. */
const glob: Format = (value) =>
  Array.isArray(value) && value.length > 1 ? `{${value.join(',')}}` : list(value).join('');

const formats: Record<string, Format> = {
  glob,
  raw: (value) => String(value),
  csv: (value) => list(value).join(','),
  pipe: (value) => list(value).join('|'),
  json: (value) => JSON.stringify(value),
  text: (value) => list(value).join(' + '),
  doublequote: (value) =>
    list(value)
      .map((one) => quoted(one, '"'))
      .join(','),
  singlequote: (value) =>
    list(value)
      .map((one) => quoted(one, "'"))
      .join(','),
  sqlstring: (value) =>
    list(value)
      .map((one) => `'${one.replaceAll("'", "''")}'`)
      .join(','),
  percentencode: (value) => encodeURIComponent(glob(value, [])),
  uriencode: (value) => encodeURI(glob(value, [])),
  regex: (value) => {
    const escaped = list(value).map(escapeRegex);
    return escaped.length > 1 ? `(${escaped.join('|')})` : escaped.join('');
  },
  join: (value, [separator = ',']) => list(value).join(separator),
  date: (value, [pattern]) => dateText(Number(value), pattern),
};

function dateText(milliseconds: number, pattern: string | undefined): string {
  if (Number.isNaN(milliseconds)) {
    return 'NaN';
  }
  return pattern === 'seconds'
    ? String(Math.round(milliseconds / 1000))
    : pattern === undefined || pattern === 'iso'
      ? new Date(milliseconds).toISOString()
      : String(milliseconds);
}

/** Writes a variable's value as ${name:format} asks. An unknown format is written like none, as in Grafana. */
export function formatValue(value: Value, format: string | undefined): string {
  const [name = '', ...args] = (format ?? 'glob').split(':');
  return (formats[name.toLowerCase()] ?? glob)(value, args);
}
