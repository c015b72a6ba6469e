/** The names that metrics of further columns have among those of an epoch: `valence ccc`, `intensity accuracy`. */

export interface ColumnMetric {
  /** Of the rows; it may have spaces. */
  readonly field: string;
  readonly metric: string;
}

export function columnMetricName({ field, metric }: ColumnMetric): string {
  return `${field} ${metric}`;
}

/** Undefined for a metric of the label, whose name is a single word. */
export function columnMetricOf(name: string): ColumnMetric | undefined {
  const at = name.lastIndexOf(" ");
  return at < 0 ? undefined : { field: name.slice(0, at), metric: name.slice(at + 1) };
}

/** Names of the metrics of further columns, in the order in which they come. A column may have none in some epochs. */
export function columnMetricsIn(epochs: readonly { readonly metrics: object }[]): string[] {
  const names = new Set(epochs.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...names].filter((name) => columnMetricOf(name) !== undefined);
}
