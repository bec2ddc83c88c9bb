// What is used of the package resedit. Its own types bring those of browsers along, which would change what Bun's say in all files.

export type VersionInfo = {
  lang: string | number;
  setFileVersion(major: number, minor: number, micro: number, revision: number, lang: number): void;
  setProductVersion(major: number, minor: number, micro: number, revision: number, lang: number): void;
  setStringValues(
    language: { readonly lang: number; readonly codepage: number },
    values: Readonly<Record<string, string>>,
  ): void;
  outputToResourceEntries(entries: Entry[]): void;
};

type Entry = { readonly type: string | number; readonly lang: string | number };
type Executable = { generate(): ArrayBuffer };
type Resources = { entries: Entry[]; outputResource(executable: Executable): void };

export type ResourceEditor = {
  readonly NtExecutable: { from(binary: Uint8Array, options: { readonly ignoreCert: boolean }): Executable };
  readonly NtExecutableResource: { from(executable: Executable): Resources };
  readonly Resource: { readonly VersionInfo: { createEmpty(): VersionInfo } };
};

export async function loadResourceEditor(): Promise<ResourceEditor> {
  // A name that the type checker does not follow.
  const name: string = "resedit";
  return import(name);
}
