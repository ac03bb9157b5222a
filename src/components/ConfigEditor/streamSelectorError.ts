const MATCHER = /\s*[a-zA-Z_]\w*\s*(?:=|!=|=~|!~)\s*(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*/.source;
const SELECTOR = new RegExp(`^\\{${MATCHER}(?:,${MATCHER})*,?\\s*\\}$`);

/** What is wrong with a LogQL stream selector, or undefined. Empty is right: it means all streams. The backend checks the same. */
export function streamSelectorError(text: string): string | undefined {
  const value = text.trim();
  if (value === '' || SELECTOR.test(value)) {
    return undefined;
  }
  return 'Write one LogQL selector and nothing else, such as {service_name="windmill-worker"}.';
}
