declare module "parse-prometheus-text-format" {
  type Metric = {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
  };
  type Family = { readonly name: string; readonly help: string; readonly type: string; readonly metrics: Metric[] };
  export default function parsePrometheusTextFormat(text: string): Family[];
}
