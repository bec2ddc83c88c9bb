/** A program that puts others into place, and how it is told to replace this one. */
export type Owner = { readonly name: string; readonly command: string };

/**
 * The package manager that a program's real path belongs to; undefined where it is in nobody's folder. A file that one of them has put there
 * must not change beneath it: the next update would bring the old one back, or fail.
 */
export function ownerOf(path: string): Owner | undefined {
  const place = path.replaceAll("\\", "/");
  return OWNERS.find(({ folder }) => folder.test(place));
}

const OWNERS: readonly (Owner & { readonly folder: RegExp })[] = [
  { name: "Homebrew", folder: /\/(Cellar|Caskroom)\//, command: "brew upgrade claude-max-api" },
  { name: "npm", folder: /\/node_modules\//, command: "npm install -g claude-max-api@latest" },
  { name: "Scoop", folder: /\/scoop\/apps\//i, command: "scoop update claude-max-api" },
  { name: "winget", folder: /\/WinGet\/Packages\//i, command: "winget upgrade claude-max-api" },
  { name: "Nix", folder: /^\/nix\/store\//, command: "nix profile upgrade claude-max-api" },
];
