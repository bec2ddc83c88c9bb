import type { ResourceEditor, VersionInfo } from "./resedit.ts";

const US_ENGLISH = 0x409;
const UNICODE = 1200;
/** RT_ICON, RT_GROUP_ICON and RT_VERSION. */
const REPLACED: readonly (string | number)[] = [3, 14, 16];
const RESOURCES = ".rsrc";
const RELOCATIONS = ".reloc";

export type VersionData = {
  /** `1.2.3`, optionally followed by a pre-release. */
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly publisher: string;
  readonly copyright: string;
};

/**
 * Bun's runtime for Windows with the program's version data in place of its own, and without its icon and its signature, which compiling
 * would make invalid anyhow. Bun's own flags for this work on Windows alone, and what it has compiled is not editable any more. Throws
 * when any other section would change, or move.
 */
export function withVersionData(
  { NtExecutable, NtExecutableResource, Resource }: ResourceEditor,
  runtime: Uint8Array<ArrayBuffer>,
  data: VersionData,
): Uint8Array<ArrayBuffer> {
  const executable = NtExecutable.from(runtime, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  resources.entries = resources.entries.filter(({ type }) => !REPLACED.includes(type));
  fill(Resource.VersionInfo.createEmpty(), data).outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  const changed = new Uint8Array(executable.generate());
  const [before, after] = [sectionsOf(runtime), sectionsOf(changed)];
  for (const [index, section] of before.entries()) {
    const other = after[index];
    // What stands behind the resources moves with their size; the system finds it through the header.
    const same = other?.name === section.name && (other.address === section.address || section.name === RELOCATIONS);
    const kept = section.name === RESOURCES || Buffer.compare(section.bytes, other?.bytes ?? new Uint8Array()) === 0;
    if (!same || !kept) throw new Error(`the version data would change the section ${section.name}`);
  }
  return changed;
}

function fill(info: VersionInfo, { version, name, description, publisher, copyright }: VersionData): VersionInfo {
  info.lang = US_ENGLISH;
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  info.setFileVersion(major, minor, patch, 0, US_ENGLISH);
  info.setProductVersion(major, minor, patch, 0, US_ENGLISH);
  info.setStringValues(
    { lang: US_ENGLISH, codepage: UNICODE },
    {
      ProductName: name,
      FileDescription: description,
      CompanyName: publisher,
      LegalCopyright: copyright,
      OriginalFilename: `${name}.exe`,
      InternalName: name,
      FileVersion: version,
      ProductVersion: version,
    },
  );
  return info;
}

export type Section = {
  readonly name: string;
  /** Where it is put in memory, relative to the program's start. */
  readonly address: number;
  readonly bytes: Uint8Array;
};

/** The sections of a PE file, in their order. Bun finds what it compiled in the one named `.bun`. */
export function sectionsOf(binary: Uint8Array): Section[] {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const header = view.getUint32(0x3c, true);
  const table = header + 24 + view.getUint16(header + 20, true);
  return Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => {
    const entry = table + index * 40;
    const [size, offset] = [view.getUint32(entry + 16, true), view.getUint32(entry + 20, true)];
    const name = new TextDecoder().decode(binary.subarray(entry, entry + 8)).replace(/\0+$/, "");
    return { name, address: view.getUint32(entry + 12, true), bytes: binary.subarray(offset, offset + size) };
  });
}
